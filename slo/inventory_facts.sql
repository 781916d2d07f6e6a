-- name:    slo/inventory_facts
-- purpose: What the inventory says that decides how a call counts; entries that say nothing are left out.
-- readers: SRE
-- grain:   one row per agent, server and tool that something is said of
-- column:  kind   varchar  -  agent, server or tool
-- column:  name   varchar  -  which
-- column:  facts  varchar  -  what is said, in one text

select *
from (

    select
        'agent' as kind,
        agent_id as name,
        coalesce(display_name, '') || '|' || coalesce(owner, '') || '|' || coalesce(cost_center, '')
            as facts
    from agents
    where display_name is not null or owner is not null or cost_center is not null

    union all

    select
        'server' as kind,
        server_id as name,
        coalesce(environment, '') || '|' || coalesce(region, '') || '|' || coalesce(owner, '')
            || '|' || coalesce(cost_center, '') as facts
    from servers
    where environment is not null or region is not null or owner is not null or cost_center is not null

    union all

    select
        'tool' as kind,
        server_id || '|' || tool_name as name,
        tool_class || '|' || coalesce(approval, '') as facts
    from tools
    where tool_class <> 'unclassified' or approval is not null

) as said

order by kind, name, facts
