-- name:    correlate/results/call_event_ids
-- purpose: The evidence of a call as one text, sorted. Most calls have one or two events, for which no
--          list is needed.
-- readers: results/correlated_calls
-- grain:   one row per call

with

counted as (

    select
        call_id,
        count(*) as events,
        x_text(min(event_id)) as one_id,
        x_text(max(event_id)) as other_id
    from call_members
    group by call_id

),

listed as (

    select
        members.call_id,
        x_join(x_list(x_text(members.event_id), x_text(members.event_id)), ',') as event_ids
    from call_members as members
    inner join counted on members.call_id = counted.call_id
    where counted.events > 2
    group by members.call_id

)

select
    counted.call_id,
    case
        when counted.events = 1 then counted.one_id
        when counted.events > 2 then listed.event_ids
        when counted.one_id < counted.other_id then counted.one_id || ',' || counted.other_id
        else counted.other_id || ',' || counted.one_id
    end as event_ids
from counted
left join listed on counted.call_id = listed.call_id
