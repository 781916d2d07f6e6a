-- name:    correlate/reopen/revised_calls
-- purpose: How many published calls are not what they were: a field differs, or another call has absorbed
--          them. A call that is new revises nothing.
-- readers: publish.ts
-- grain:   one row
-- column:  revised  bigint  calls  how many

with

after_all as (

    select calls.*
    from correlated_calls as calls
    semi join calls_before on calls.call_id = calls_before.call_id

),

gone as (

    select * from calls_before
    except distinct
    select * from after_all

)

select count(*) as revised from gone
