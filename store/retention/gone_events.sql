-- name:    store/retention/gone_events
-- purpose: Evidence that goes with the days before a midnight. A call is on one side of it, with all its evidence;
--          what describes the configuration stays, and an approval for as long as calls may rest on it.
-- readers: store/retention/retention.ts
-- grain:   one row per event
-- param:   cut_at       timestamptz  UTC  the first midnight that is kept
-- param:   near_from    timestamptz  UTC  evidence of one call is not further apart than from here to the cut
-- param:   near_to      timestamptz  UTC  nor from the cut to here
-- column:  event_id     uuid         -    of the event
-- column:  occurred_at  timestamptz  UTC  when it happened

with

kept_members as (

    select x_to_uuid(x_each(x_split(event_ids, ','))) as event_id
    from correlated_calls
    where "timestamp" >= {cut_at:Timestamp} and "timestamp" < {near_to:Timestamp}

),

gone_members as (

    select x_to_uuid(x_each(x_split(event_ids, ','))) as event_id
    from correlated_calls
    where "timestamp" < {cut_at:Timestamp} and "timestamp" >= {near_from:Timestamp}

),

kept_approvals as (

    select distinct approval_id
    from correlated_calls
    where "timestamp" >= {cut_at:Timestamp} and approval_id is not null

)

select event_id, occurred_at

from events

where
    layer <> 'config'
    and (
        (
            occurred_at < {cut_at:Timestamp}
            and event_id not in (select event_id from kept_members)
            and not (
                layer = 'approval'
                and (
                    occurred_at >= {near_from:Timestamp}
                    or coalesce(approval_expires_at >= {cut_at:Timestamp}, false)
                    or coalesce(approval_id in (select approval_id from kept_approvals), false)
                )
            )
        )
        or (
            occurred_at >= {cut_at:Timestamp}
            and occurred_at < {near_to:Timestamp}
            and event_id in (select event_id from gone_members)
            and event_id not in (select event_id from kept_members)
        )
    )
