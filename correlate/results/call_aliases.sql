-- name:    correlate/results/call_aliases
-- purpose: Ids that a call had, or would have had, before other evidence of it arrived.
-- readers: queries
-- grain:   one row per call and event that could have given it its id
-- table:   call_aliases

select event.event_id as alias_id, members.call_id
from call_members as members
inner join events as event on members.event_id = event.event_id
left join call_ids as owners on members.event_id = owners.call_id
where
    event.layer in ('gateway', 'server')
    and event.kind in ('request', 'call')
    and coalesce(event.mcp_method, 'tools/call') = 'tools/call'
    and owners.call_id is null
qualify row_number() over (partition by members.event_id order by members.call_id) = 1
