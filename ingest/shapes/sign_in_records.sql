-- name:    ingest/sign_in_records
-- purpose: An Entra sign-in: a token was issued or refused. Same fields in all sign-in tables.
-- grain:   one row per sign-in

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick_either(ik, iv, k, v, 'createddatetime'), pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        pick_either(ik, iv, k, v, 'id') as sign_in_id,
        pick_either(ik, iv, k, v, 'uniquetokenidentifier') as token_id,
        coalesce(pick(k, v, 'resulttype'), bag_value(pick(ik, iv, 'status'), '$.errorCode')) as result_type,
        pick_either(ik, iv, k, v, 'serviceprincipalid') as service_principal_id,
        pick_either(ik, iv, k, v, 'serviceprincipalname') as service_principal_name,
        pick_either(ik, iv, k, v, 'appid') as app_id,
        pick_either(ik, iv, k, v, 'userid') as user_id,
        pick_either(ik, iv, k, v, 'userprincipalname') as user_principal_name,
        pick_either(ik, iv, k, v, 'agent') as agent_text,
        pick_either(ik, iv, k, v, 'resourcedisplayname') as resource_name,
        coalesce(pick_either(ik, iv, k, v, 'resourceidentity'), pick(ik, iv, 'resourceid')) as resource_identity,
        coalesce(pick_either(ik, iv, k, v, 'ipaddress'), pick(k, v, 'calleripaddress')) as caller_ip,
        pick_either(ik, iv, k, v, 'clientcredentialtype') as credential_type,
        pick_either(ik, iv, k, v, 'incomingtokentype') as incoming_token_type,
        lower(pick_either(ik, iv, k, v, 'correlationid')) as sign_in_correlation_id

    from opened_records

)

select
    record_id,
    0 as item_no,
    case when sign_in_id is not null then concat_ws(chr(31), sign_in_id, token_id) end as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when result_type is null then 'no result'
    end as reject_reason,
    'identity' as layer,
    'sign_in' as kind,
    occurred_at,
    cast(null as varchar) as resource_id,
    token_id,
    coalesce(service_principal_id, app_id) as agent_id,
    'token' as agent_id_source,
    case when service_principal_id is not null then 'entra_object_id' else 'entra_app_id' end as agent_id_kind,
    coalesce(user_principal_name, user_id, service_principal_name, service_principal_id, app_id) as caller_identity,
    coalesce(resource_name, resource_identity) as downstream_resource,
    result_type as result_code,
    result_type = '0' as is_success,
    caller_ip,
    cast(1 as bigint) as weight,
    json_object(
        'app_id', app_id,
        'service_principal_name', service_principal_name,
        'agent_type', bag_value(agent_text, '$.agentType'),
        'parent_app_id', nullif(bag_value(agent_text, '$.parentAppId'), ''),
        'credential_type', credential_type,
        'incoming_token_type', incoming_token_type,
        'resource_identity', resource_identity,
        'sign_in_correlation_id', sign_in_correlation_id
    ) as tags

from picked
