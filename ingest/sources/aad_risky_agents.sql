-- source:  AADRiskyAgents
-- purpose: How risky Entra ID Protection holds an agent identity to be.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadriskyagents
-- grain:   one row per state of an agent's risk
-- key:     Id, RiskLastModifiedDateTime
-- says: How risky an agent identity is held to be, and since when.
-- cannot: Why: see AADAgentRiskEvents. It is a state, not something that happened in a call.
-- cannot: The Event Hubs shape is by analogy with other categories: no record of it was seen.
-- recognised: type AADRiskyAgents
-- recognised: category RiskyAgents
-- recognised: fields agentdisplayname risklastmodifieddatetime risklevel

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick_either(ik, iv, k, v, 'risklastmodifieddatetime'), pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        pick_either(ik, iv, k, v, 'id') as id,
        pick_either(ik, iv, k, v, 'id') as agent_id,
        pick_either(ik, iv, k, v, 'agentdisplayname') as display_name,
        pick_either(ik, iv, k, v, 'identitytype') as identity_type,
        lower(pick_either(ik, iv, k, v, 'risklevel')) as risk_level,
        pick_either(ik, iv, k, v, 'riskstate') as risk_state,
        pick_either(ik, iv, k, v, 'riskdetail') as risk_detail,
        as_boolean(pick_either(ik, iv, k, v, 'isenabled')) as is_enabled,
        as_boolean(pick_either(ik, iv, k, v, 'isdeleted')) as is_deleted

    from opened_records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), id, epoch_us(occurred_at), risk_level, risk_state) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when agent_id is null then 'no id of an agent'
    end as reject_reason,
    'platform' as layer,
    'risk_state' as kind,
    occurred_at,
    cast(null as varchar) as resource_id,
    lower(agent_id) as agent_id,
    'token' as agent_id_source,
    'entra_object_id' as agent_id_kind,
    json_object('name', kept(display_name), 'identity_type', identity_type, 'risk_level', risk_level, 'risk_state', risk_state, 'risk_detail', risk_detail, 'is_enabled', is_enabled, 'is_deleted', is_deleted) as tags,
    cast(1 as bigint) as weight

from picked
