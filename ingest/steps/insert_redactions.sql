-- name:    ingest/insert_redactions
-- purpose: The books of what was taken out of, or hidden in, the rows that this commit stores, by source, column and
--          kind. What was not read in the first place is no part of it.

insert into redactions by name

with

written as (

    select
        winners.record_id,
        winners.item_no,
        winners.source_table,
        winners.caller_identity,
        winners.approver,
        winners.caller_ip,
        books.batch_id,
        books.source

    from winners
    inner join pieces on piece_of(winners.record_id) = pieces.piece_no
    inner join books on pieces.origin = books.origin
    left join known on winners.event_id = known.event_id

    where known.event_id is null or known.is_better

),

counted as (

    select
        written.batch_id,
        written.source,
        written.source_table,
        redacted.column_name,
        redacted.kind,
        count(*) as redacted

    from redacted
    inner join written
        on redacted.record_id = written.record_id
        and redacted.item_no = written.item_no

    group by all

    union all

    select batch_id, source, source_table, 'caller_identity', 'identity', count(caller_identity)
    from written
    where hides('caller_identity')
    group by all

    union all

    select batch_id, source, source_table, 'approver', 'identity', count(approver)
    from written
    where hides('caller_identity')
    group by all

    union all

    select batch_id, source, source_table, 'caller_ip', 'address', count(caller_ip)
    from written
    where hides('caller_ip')
    group by all

)

select * from counted where redacted > 0
