-- source:  GraphAgentIdentity
-- purpose: An agent identity as Microsoft Graph lists it.
-- docs:    https://learn.microsoft.com/graph/api/resources/agentidentity
-- grain:   one row per state of an agent identity
-- key:     id, when it was seen so, its state
-- says: Which agent identities exist, who owns and sponsors them, whether they are enabled, when they expire.
-- cannot: What they did.
-- recognised: odata #microsoft.graph.agentIdentity
-- recognised: fields id agentidentityblueprintid serviceprincipaltype

with

picked as (

    select
        record_id,
        observed_at_of(record_id) as observed_at,
        pick(k, v, 'id') as id,
        pick(k, v, 'appid') as app_id,
        pick(k, v, 'agentidentityblueprintid') as blueprint_id,
        pick(k, v, 'displayname') as display_name,
        md5(array_to_string(list_transform(list_sort(list_zip(k, v)), lambda pair: pair[1] || '=' || coalesce(pair[2], '')), chr(30))) as state_hash,
        present(bag_value(pick(k, v, 'lifecycle'), '$.expirationDateTime')) as expires_text,
        pick(k, v, 'accountenabled') as account_enabled,
        pick(k, v, 'owners') as owners,
        pick(k, v, 'sponsors') as sponsors

    from records

),

-- They are looked at several times, and would be read from their lists as often.
owned as (

    select
        * replace (owner_of(owners) as owners, owner_of(sponsors) as sponsors),
        owners is not null as has_owners

    from picked

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), lower(id), epoch_us(observed_at), state_hash) as natural_key,
    cast(1 as smallint) as source_rank,
    case when id is null or not regexp_matches(id, '^[0-9a-fA-F-]{36}$') then 'no agent identity id' end as reject_reason,
    'config' as layer,
    'agent' as kind,
    -- A state has no time of its own: it is as old as the file that it came in.
    observed_at as occurred_at,
    lower(id) as agent_id,
    'entra_object_id' as agent_id_kind,
    cast(1 as bigint) as weight,
    json_object(
        'name', display_name,
        'owner', kept(owners),
        'sponsor', kept(sponsors),
        -- A list without $expand=owners says nothing about owners.
        'owners_listed', has_owners,
        'names', list_filter([lower(id), lower(app_id)], lambda each_name: each_name is not null),
        'blueprint', blueprint_id,
        -- What is no time stays apart from what never ends.
        'expires_at', case when expires_text is null or isfinite(try_cast(expires_text as timestamptz)) then expires_text else coalesce(unreadable('?'), 'unreadable') end,
        'status', case when account_enabled is null or as_boolean(account_enabled) then 'enabled' when not as_boolean(account_enabled) then 'disabled' end
    ) as tags

from owned
