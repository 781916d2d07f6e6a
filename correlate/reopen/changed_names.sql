-- name:    correlate/reopen/changed_names
-- purpose: What correlation takes from the inventory and what of it changed since the last time. Owners,
--          regions and the like are not among it: the view tool_calls looks those up.
-- readers: correlate/state.ts
-- grain:   one row
-- column:  changes  bigint  rows  names, environments and kinds that came, went or differ

with

now_known as (

    select 'server name' as what, name as subject, server_id as answer from known_server_names
    union all
    select 'agent name', name, agent_id from known_agent_names
    union all
    select 'environment', server_id, environment from known_servers
    union all
    select 'agent kind', agent_id, agent_id_kind from known_agents

),

then_known as (

    select 'server name' as what, name as subject, server_id as answer from server_names
    union all
    select 'agent name', name, agent_id from agent_names
    union all
    select 'environment', server_id, environment from servers where is_known
    union all
    select 'agent kind', agent_id, agent_id_kind from agents where is_known

),

changed as (

    select what, subject from (select * from now_known except distinct select * from then_known) as came
    union all
    select what, subject from (select * from then_known except distinct select * from now_known) as went

)

select count(*) as changes from changed
