-- name:    correlate/results/sessions
-- purpose: The sessions that the calls belong to. A party is named only where all calls agree.
-- readers: queries
-- grain:   one row per session
-- table:   sessions

with

described as (

    select
        session_key,
        session_source,
        case when min(mcp_session_id) = max(mcp_session_id) then min(mcp_session_id) end as mcp_session_id,
        case when min(agent_id) = max(agent_id) then min(agent_id) end as agent_id,
        case when min(caller_identity) = max(caller_identity) then min(caller_identity) end as caller_identity,
        case when min(client_name) = max(client_name) then min(client_name) end as client_name,
        min("timestamp") as first_at,
        max("timestamp") as last_at,
        count(*) as calls,
        countIf(outcome = 'failure') as failed_calls
    from correlated_calls
    where session_key is not null
    group by session_key, session_source

),

used as (

    -- Apart: what counts distinct values keeps a table of its own for each.
    select session_key, session_source, count(distinct server_id) as servers, count(distinct tool_name) as tools
    from correlated_calls
    where session_key is not null
    group by session_key, session_source

)

select described.*, used.servers, used.tools
from described
inner join used
    on described.session_key = used.session_key
    and described.session_source = used.session_source
