-- name:    correlate/match/companions
-- purpose: Server calls left over whose gateway request is another call's already: earlier attempts of
--          that call, or further items of a batch that the gateway logged only as one request.
-- readers: later steps
-- grain:   one row per such server call

with

by_parent as (

    select
        server.server_key,
        min(matches.gateway_id) as gateway_id,
        min(case when gateway.is_call then 'attempt' else 'item' end) as companion
    from open_server as server
    inner join parents on server.server_key = parents.server_key
    inner join matches on parents.gateway_id = matches.gateway_id
    inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
    inner join server_calls as chosen on matches.server_key = chosen.server_key
    left join last_attempts on server.server_key = last_attempts.server_key
    where
        parents.is_possible
        and server.is_call
        and last_attempts.server_key is null
        -- Several records in the one request of a single logged call are calls the gateway did not see.
        and (not gateway.is_call or coalesce(chosen.entry_key <> server.entry_key, false))
    group by server.server_key

),

tries as (

    select server_key, gateway_id from likely_attempts
    union all
    -- What was matched first was not the last try.
    select matches.server_key, matches.gateway_id
    from matches
    inner join last_attempts on matches.gateway_id = last_attempts.gateway_id

)

select server_key, gateway_id, companion
from by_parent

union all

select tries.server_key, tries.gateway_id, 'attempt' as companion
from tries
left join by_parent on tries.server_key = by_parent.server_key
left join last_attempts on tries.server_key = last_attempts.server_key
where by_parent.server_key is null and last_attempts.server_key is null
