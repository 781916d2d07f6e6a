-- name:    correlate/match/session_names
-- purpose: Sessions that a server logs under a name of its own, learned from calls that a trace joined:
--          the gateway's name is the session's. A name that the gateway uses itself is no other's alias.
-- readers: later steps
-- grain:   one row per name that is not the gateway's

with

met as (

    select server_session_id as alias, gateway_session_id as session_key, count(*) as calls
    from two_names
    group by server_session_id, gateway_session_id

),

known_to_gateway as (

    select distinct mcp_session_id
    from gateway_calls
    where mcp_session_id in (select alias from met)

)

select met.alias, met.session_key
from met
anti join known_to_gateway on met.alias = known_to_gateway.mcp_session_id
qualify row_number() over (partition by met.alias order by met.calls desc, met.session_key) = 1
