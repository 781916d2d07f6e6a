-- name:    correlate/results/call_aliases
-- purpose: Ids that a call had, or would have had, before other evidence of it arrived.
-- readers: queries
-- grain:   one row per event that could have given a call its id
-- table:   call_aliases

select members.event_id as alias_id, min(members.call_id) as call_id
from call_members as members
left join correlated_calls as owners on members.event_id = owners.call_id
where members.may_name_call and owners.call_id is null
group by members.event_id
