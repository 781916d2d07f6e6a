-- name:    ingest/dirty_texts
-- purpose: The texts that need cleaning, of the rows that do.
-- grain:   one row per text

with

dirty as (

    select
        record_id,
        item_no,
        correlation_id,
        operation_id,
        linked_operation_id,
        span_id,
        parent_span_id,
        mcp_session_id,
        conversation_id,
        rpc_request_id,
        approval_id,
        token_id,
        agent_id,
        source_table,
        layer,
        kind,
        resource_id,
        agent_id_source,
        agent_id_kind,
        tool_name,
        authorization_mode,
        approval_result,
        result_code,
        mcp_method,
        http_method,
        url_path,
        error_type,
        result_type,
        inbound_auth,
        client_name,
        region,
        environment,
        subscription_id,
        model,
        cache_status,
        arguments_hash,
        server_id,
        downstream_resource,
        client_version,
        server_version,
        caller_identity,
        approver,
        caller_ip

    from mapped

    where is_dirty

),

texts as (

    unpivot dirty on columns(* exclude (record_id, item_no)) into name column_name value given_text

)

select *

from texts

where needs_cleaning(case when is_personal_column(column_name) then chr(30) || chr(29) || given_text when is_host_column(column_name) then chr(30) || given_text || chr(29) else given_text || chr(30) || chr(29) end)

union all

select
    record_id,
    item_no,
    'tags' as column_name,
    unnest(flatten(list_transform(
        list_zip(json_keys(tags), json_extract(tags, '$.*')),
        lambda each_tag: case when is_personal_column(each_tag[1]) then [] else list_append(tag_texts(each_tag[2]), each_tag[1]) end
    ))) as given_text

from mapped

where is_dirty and json_type(tags) = 'OBJECT'
