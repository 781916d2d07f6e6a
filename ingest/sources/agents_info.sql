-- source:  AgentsInfo
-- purpose: An agent as Microsoft Defender's inventory knows it, with its owners.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/agentsinfo
-- grain:   one row per snapshot of an agent
-- key:     AgentId, time of the snapshot
-- says: Which agents Defender knows, their owners, their blueprint, and whether they are active.
-- cannot: What they did.
-- recognised: type AgentsInfo
-- recognised: fields agentid entraagentid lifecyclestatus

with

picked as (

    select
        record_id,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'timestamp'), pick(k, v, 'time'))) as occurred_at,
        pick(k, v, 'agentid') as registry_id,
        pick(k, v, 'entraagentid') as entra_id,
        pick(k, v, 'entrablueprintid') as blueprint_id,
        pick(k, v, 'sourceagentid') as source_agent_id,
        pick(k, v, 'name') as display_name,
        pick(k, v, 'platform') as platform,
        pick(k, v, 'lifecyclestatus') as lifecycle_status,
        pick(k, v, 'owners') as owners

    from records

),

-- It is looked at several times, and would be read from its list as often.
owned as (

    select * replace (owner_of(owners) as owners) from picked

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), registry_id, entra_id, epoch_us(occurred_at)) as natural_key,
    cast(2 as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when coalesce(entra_id, registry_id) is null then 'no AgentId'
    end as reject_reason,
    'config' as layer,
    'agent' as kind,
    occurred_at,
    coalesce(entra_id, registry_id) as agent_id,
    case when entra_id is not null then 'entra_object_id' else 'registry_id' end as agent_id_kind,
    cast(1 as bigint) as weight,
    json_object(
        'name', display_name,
        'owner', kept(owners),
        'names', list_filter([registry_id, entra_id, source_agent_id], lambda each_name: each_name is not null),
        'blueprint', blueprint_id,
        'platform', platform,
        'status', lifecycle_status
    ) as tags

from owned
