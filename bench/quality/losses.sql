-- name:    bench/quality/losses
-- purpose: What must not happen: records of a true call that no told call has, records that several told
--          calls have, true calls that are told in several rows, and rows that are no true call.
-- grain:   one row
with
uses as (
    select 'gateway' as side, gateway_event_id as event_id, count(*) as calls
    from correlated_calls
    where gateway_event_id is not null
    group by gateway_event_id
    union all
    select 'server', server_event_id, count(*)
    from correlated_calls
    where server_event_id is not null
    group by server_event_id
),
members as (
    select call_id, unnest(string_split(event_ids, ',')) as event_id from correlated_calls
),
member_records as (
    select members.call_id, events.correlation_id, events.span_id, events.layer, events.kind
    from members
    inner join events on cast(members.event_id as uuid) = events.event_id
),
gateway_truths as (
    select unnest(gateway_correlation_ids) as id from truths
),
server_truths as (
    select call, unnest(server_span_ids) as id, rpc_request_id from truths
),
strangers as (
    -- Further records of a call that are of another true call: what was taken for its attempt.
    select count(*) as records
    from member_records as member
    inner join server_truths on member.span_id = server_truths.id
    inner join judged on member.call_id = judged.call_id
    where
        member.layer = 'server'
        and server_truths.rpc_request_id is null
        and server_truths.call <> judged.gateway_call
        and judged.gateway_call = judged.server_call
),
per_call as (
    select coalesce(gateway_call, server_call) as call, count(*) as told
    from judged
    group by coalesce(gateway_call, server_call)
)
select
    (
        select count(distinct id) from gateway_truths
        where id not in (select correlation_id from member_records where layer = 'gateway' and correlation_id is not null)
    ) + (
        select count(distinct id) from server_truths
        where id not in (select span_id from member_records where layer = 'server' and span_id is not null)
    ) as lost,
    (select count(*) from uses where calls > 1) as used_twice,
    (select count(*) from per_call where call is not null and told > 1) as told_in_several_rows,
    (select records from strangers) as strange_attempts,
    (select count(*) from judged where gateway_call is null and server_call is null) as no_true_call
