-- source:  GraphAgentIdentity
-- purpose: An agent identity as Microsoft Graph lists it.
-- docs:    https://learn.microsoft.com/graph/api/resources/agentidentity
-- grain:   one row per agent identity
-- key:     id
-- recognised: odata #microsoft.graph.agentIdentity
-- recognised: fields id agentidentityblueprintid serviceprincipaltype

with

picked as (

    select
        record_id,
        pick(k, v, 'id') as id,
        pick(k, v, 'appid') as app_id,
        pick(k, v, 'agentidentityblueprintid') as blueprint_id,
        pick(k, v, 'displayname') as display_name,
        as_time(pick(k, v, 'createddatetime')) as created_at,
        json_extract_string(pick(k, v, 'lifecycle'), '$.expirationDateTime') as expires_text,
        pick(k, v, 'accountenabled') as account_enabled,
        pick(k, v, 'owners') as owners,
        pick(k, v, 'sponsors') as sponsors

    from records

)

select
    record_id,
    0 as item_no,
    id as natural_key,
    cast(1 as smallint) as source_rank,
    case
        when id is null or not regexp_matches(id, '^[0-9a-fA-F-]{36}$') then 'no agent identity id'
        when created_at is null then 'no usable time'
    end as reject_reason,
    'config' as layer,
    'agent' as kind,
    created_at as occurred_at,
    lower(id) as agent_id,
    'entra_object_id' as agent_id_kind,
    cast(1 as bigint) as weight,
    json_object(
        'name', display_name,
        'owner', kept(owner_of(owners)),
        'sponsor', kept(owner_of(sponsors)),
        -- A list without $expand=owners says nothing about owners.
        'owners_listed', owners is not null,
        'names', list_filter([lower(id), lower(app_id)], lambda each_name: each_name is not null),
        'blueprint', blueprint_id,
        'expires_at', expires_text,
        'status', case when as_boolean(account_enabled) = false then 'disabled' else 'enabled' end
    ) as tags

from picked
