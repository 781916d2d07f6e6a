-- name:    ingest/verdicts
-- purpose: What became of each record since the last commit: stored, duplicate, rejected or excluded.
-- grain:   one row per record

with

new_records as (

    select
        winners.record_id,
        max(winners.weight) as weight,
        bool_or(winners.is_truncated) as is_truncated,
        min(winners.occurred_at) as first_at,
        max(winners.occurred_at) as last_at

    from winners
    anti join known on winners.event_id = known.event_id

    group by winners.record_id

),

expired_records as (

    select distinct record_id from expired

)

select
    pieces.origin,
    received.source_table,
    new_records.weight,
    new_records.is_truncated,
    new_records.first_at,
    new_records.last_at,
    received.exclude_reason is null
        and received.reject_reason is null
        and new_records.record_id is null
        and expired_records.record_id is not null as is_expired,
    case
        when received.exclude_reason is not null then 'excluded'
        when received.reject_reason is not null then 'rejected'
        when new_records.record_id is not null then 'stored'
        when expired_records.record_id is not null then 'excluded'
        else 'duplicate'
    end as verdict

from received
inner join pieces on piece_of(received.record_id) = pieces.piece_no
left join new_records on received.record_id = new_records.record_id
left join expired_records on received.record_id = expired_records.record_id
