-- name:    correlate/reopen/revised_calls
-- purpose: How many published calls are not what they were: a field differs, or another call has absorbed
--          them. A call that is new revises nothing.
-- readers: publish.ts
-- grain:   one row
-- column:  revised  bigint  calls  how many

with

gone as (

    select * from calls_before
    except distinct
    select * from calls_after

)

select count(*) as revised from gone
