-- source:  AADAgentRiskEvents
-- purpose: A sign that an agent identity may be misused, as Entra ID Protection detected it.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadagentriskevents
-- grain:   one row per state of a detection
-- key:     Id, LastModifiedDateTime
-- says: That Entra ID Protection suspects an agent identity: kind of the detection, level, state, and when.
-- cannot: Which call it was about: a detection names an agent and a time. Its evidence is not kept.
-- cannot: The Event Hubs shape is by analogy with other categories: no record of it was seen.
-- recognised: type AADAgentRiskEvents
-- recognised: category AgentRiskEvents
-- recognised: fields agentid riskeventtype risklevel

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick_either(ik, iv, k, v, 'activitydatetime'), pick_either(ik, iv, k, v, 'detecteddatetime'), pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        pick_either(ik, iv, k, v, 'id') as id,
        pick_either(ik, iv, k, v, 'agentid') as agent_id,
        pick_either(ik, iv, k, v, 'agentdisplayname') as display_name,
        pick_either(ik, iv, k, v, 'identitytype') as identity_type,
        lower(pick_either(ik, iv, k, v, 'risklevel')) as risk_level,
        pick_either(ik, iv, k, v, 'riskstate') as risk_state,
        pick_either(ik, iv, k, v, 'riskdetail') as risk_detail,
        pick_either(ik, iv, k, v, 'riskeventtype') as event_type,
        as_time(pick_either(ik, iv, k, v, 'detecteddatetime')) as detected_at,
        as_time(pick_either(ik, iv, k, v, 'lastmodifieddatetime')) as modified_at

    from opened_records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), id, epoch_us(modified_at)) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when agent_id is null then 'no id of an agent'
    end as reject_reason,
    'platform' as layer,
    'risk_event' as kind,
    occurred_at,
    cast(null as varchar) as resource_id,
    lower(agent_id) as agent_id,
    'token' as agent_id_source,
    'entra_object_id' as agent_id_kind,
    json_object('name', kept(display_name), 'identity_type', identity_type, 'event_type', event_type, 'risk_level', risk_level, 'risk_state', risk_state, 'risk_detail', risk_detail, 'detected_at', detected_at) as tags,
    cast(1 as bigint) as weight

from picked
