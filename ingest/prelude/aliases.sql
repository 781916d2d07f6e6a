-- Under which names the contract fields come in custom dimensions and span attributes; the first that
-- holds something wins. Keys are in lower case. k, v: the two lists of the bag.

create or replace temp macro is_mcp_bag(k, v) as
    coalesce(lower(pick_any(k, v, 'api.type', 'api type')) = 'mcp', false);

-- gen_ai.conversation.id is the MCP session only where API Management wrote it; Foundry keeps its
-- conversations under the same name. mcp.session.id of an OpenTelemetry SDK is not the header.
create or replace temp macro session_of(k, v) as
    coalesce(
        pick_any(k, v, 'mcp-session-id', 'mcp_session_id', 'mcpsessionid', 'request-mcp-session-id', 'response-mcp-session-id', 'request-header-mcp-session-id', 'response-header-mcp-session-id'),
        case when is_mcp_bag(k, v) then pick(k, v, 'gen_ai.conversation.id') end,
        pick(k, v, 'mcp.session.id')
    );
create or replace temp macro conversation_of(k, v) as
    case when not is_mcp_bag(k, v) then pick_any(k, v, 'gen_ai.conversation.id', 'conversation_id') end;

create or replace temp macro agent_of(k, v) as
    pick_any(k, v, 'agent-id', 'agent_id', 'agentid', 'x-agent-id', 'request-x-agent-id', 'request-agent-id', 'request-header-x-agent-id', 'gen_ai.agent.id', 'azp', 'appid');
create or replace temp macro agent_source_of(k, v) as
    case
        when pick_any(k, v, 'agent-id', 'agent_id', 'agentid') is not null then 'server'
        when pick_any(k, v, 'x-agent-id', 'request-x-agent-id', 'request-agent-id', 'request-header-x-agent-id') is not null then 'header'
        when pick(k, v, 'gen_ai.agent.id') is not null then 'otel'
        when pick_any(k, v, 'azp', 'appid') is not null then 'token'
    end;

-- What the id is, as far as its place or its form tells: ids of different kinds are never compared.
create or replace temp macro agent_kind_of(agent_source, agent_id) as
    case when agent_source = 'token' then 'entra_app_id' else as_agent_id_kind(agent_id) end;

create or replace temp macro caller_of(k, v) as
    pick_any(k, v, 'caller_identity', 'caller-oid', 'caller-upn', 'oid', 'sub', 'upn', 'preferred_username', 'enduser.id', 'user-id', 'x-mcp-userid', 'request-x-mcp-userid');
create or replace temp macro tool_of(k, v) as
    pick_any(k, v, 'tool_name', 'toolname', 'gen_ai.tool.name', 'mcp.tool.name', 'request-mcp-name');
create or replace temp macro server_of(k, v) as
    pick_any(k, v, 'server_id', 'server-id', 'mcp-server', 'mcp_server', 'service.name');
create or replace temp macro gateway_request_of(k, v) as
    pick_any(k, v, 'request id', 'x-correlation-id', 'request-x-correlation-id', 'correlation_id', 'x-ms-client-request-id');

-- OpenTelemetry names the operation execute_tool; API Management writes the JSON-RPC method there.
create or replace temp macro method_of(k, v) as
    coalesce(
        pick_any(k, v, 'mcp.method.name', 'mcp_method', 'request-mcp-method'),
        case
            when pick(k, v, 'gen_ai.operation.name') = 'execute_tool' then 'tools/call'
            when contains(pick(k, v, 'gen_ai.operation.name'), '/') or is_mcp_bag(k, v) then pick(k, v, 'gen_ai.operation.name')
        end
    );

create or replace temp macro error_of(k, v) as nullif(pick_any(k, v, 'error.type', 'error_type', 'exception.type'), 'none');
-- isError of the tool's result: said outright, or as the semantic conventions put it.
create or replace temp macro tool_error_of(k, v) as
    coalesce(
        as_boolean(pick_any(k, v, 'tool_is_error', 'iserror', 'is_error')),
        case when pick(k, v, 'error.type') = 'tool_error' then true end
    );
create or replace temp macro rpc_error_of(k, v) as
    coalesce(
        as_integer(pick(k, v, 'rpc_error_code')),
        -- Of other protocols it is a word.
        try_cast(pick(k, v, 'rpc.response.status_code') as integer),
        as_integer(pick_any(k, v, 'rpc.jsonrpc.error_code', 'jsonrpc.error.code')),
        case when regexp_matches(pick(k, v, 'error.type'), '^-32\d{3}$') then cast(pick(k, v, 'error.type') as integer) end
    );
create or replace temp macro arguments_of(k, v) as
    pick_any(k, v, 'gen_ai.tool.call.arguments', 'tool_arguments', 'arguments');
-- Of an answer or a tool's result that was logged only its length is read.
create or replace temp macro logged_bytes_of(k, v) as
    strlen(pick_any(k, v, 'response-body', 'response_body', 'gen_ai.tool.call.result'));

-- A Python app that logs a dict leaves its repr: {'event': 'x', 'n': None}. Read as a bag.
create or replace temp macro python_keys(t) as
    list_transform(regexp_extract_all(t, '''([^''\\]+)''\s*:\s*(''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*"|None|True|False|[-0-9.eE+]+)', 1), lambda each_key: lower(each_key));
create or replace temp macro python_values(t) as
    list_transform(
        regexp_extract_all(t, '''([^''\\]+)''\s*:\s*(''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*"|None|True|False|[-0-9.eE+]+)', 2),
        lambda each_value: case when substr(each_value, 1, 1) in ('''', '"') then present(replace(each_value[2:-2], '\''', '''')) else present(each_value) end
    );
---------- OpenTelemetry attributes: [{key, value: {stringValue | intValue | …}}]
create or replace temp macro attribute_keys(t) as
    list_transform(json_extract(list_text(t), '$[*]'), lambda each_pair: lower(json_extract_string(each_pair, '$.key')));
create or replace temp macro attribute_values(t) as
    list_transform(json_extract(list_text(t), '$[*]'), lambda each_pair: present(json_extract_string(json_extract(each_pair, '$.value'), '$.*')[1]));

---------- recognising a body as JSON-RPC
-- A stream's messages stand in lines of their own: `data: {…}`; together they read like a batch.
create or replace temp macro stream_text(t) as
    '[' || array_to_string(regexp_extract_all(t, '(?:^|\n)data: ?(\{[^\r\n]*\})', 1), ',') || ']';
create or replace temp macro rpc_text(t) as
    case
        when t is null then null
        when json_valid(t) then t
        when json_valid(stream_text(t)) then stream_text(t)
    end;
-- The items of a logged request body: one, or several where it is a JSON-RPC batch. One NULL item
-- where nothing can be read of it, so that the request itself is never lost.
create or replace temp macro rpc_items(t) as
    case
        when length(list_text(t)) > 2 and json_array_length(list_text(t)) > 0 then json_extract(list_text(t), '$[*]')
        when length(bag_text(t)) > 2 then [cast(bag_text(t) as json)]
        else [cast(null as json)]
    end;
-- The reply to one request of a batch or a stream, past the notifications on the way. Where the
-- request was not logged it is the only reply; an error without an id answers every request; a
-- notification has no id and no reply.
create or replace temp macro rpc_replies(answer) as
    list_filter(
        case when substr(ltrim(answer), 1, 1) = '[' then json_extract(list_text(answer), '$[*]') else [cast(bag_text(answer) as json)] end,
        lambda each_reply: json_extract(each_reply, '$.result') is not null or json_extract(each_reply, '$.error') is not null
    );
create or replace temp macro rpc_answer_to(answer, item) as
    case
        when answer is null then null
        when item is null then case when len(rpc_replies(answer)) = 1 then rpc_replies(answer)[1] end
        else list_filter(rpc_replies(answer), lambda each_reply: coalesce(json_extract_string(each_reply, '$.id'), json_extract_string(item, '$.id')) = json_extract_string(item, '$.id'))[1]
    end;
create or replace temp macro rpc_arguments(item) as
    case when json_extract_string(item, '$.method') = 'tools/call' then cast(json_extract(item, '$.params.arguments') as varchar) end;
-- A body that was cut is no JSON any more; method and name stand near its beginning.
create or replace temp macro rpc_method_in_text(t) as
    case when t is not null and not json_valid(t) then nullif(regexp_extract(t, '"method"\s*:\s*"([a-z_/]+)"', 1), '') end;
create or replace temp macro rpc_name_in_text(t) as
    case when t is not null and not json_valid(t) then nullif(regexp_extract(t, '"params"\s*:\s*\{[^{}\[\]]*?"name"\s*:\s*"([^"\\]{1,256})"', 1), '') end;
-- The method of a request by its header, its body, or what is left of a body that was cut; and the
-- tool, which only tools/call has: prompts and resources have names too.
create or replace temp macro rpc_method_of(hk, hv, item, body) as
    coalesce(pick(hk, hv, 'mcp-method'), json_extract_string(item, '$.method'), rpc_method_in_text(body));
create or replace temp macro rpc_tool_of(hk, hv, item, body) as
    case when coalesce(rpc_method_of(hk, hv, item, body), 'tools/call') = 'tools/call'
        then coalesce(pick(hk, hv, 'mcp-name'), json_extract_string(item, '$.params.name'), rpc_name_in_text(body)) end;
---------- output of API Management's trace policy: [{source, metadata: {…}}]
create or replace temp macro trace_metadata_keys(t) as
    flatten(list_transform(json_extract(list_text(t), '$[*].metadata'), lambda each_bag: list_transform(json_keys(each_bag), lambda each_key: lower(each_key))));
create or replace temp macro trace_metadata_values(t) as
    flatten(list_transform(json_extract(list_text(t), '$[*].metadata'), lambda each_bag: present_all(json_extract_string(each_bag, '$.*'))));

-- The source's `apis:` filter, from the config; every API where there is none.
create or replace temp macro allowed_api(api) as
    coalesce(len(getvariable('apis')) = 0 or list_contains(getvariable('apis'), lower(api)), true);

-- Bytes of a body that a diagnostic logs: none where the resource does not mention it; unknown where
-- what it says is no number, or no object on the way to it.
create or replace temp macro is_no_object(settings, path) as
    coalesce(json_type(settings, path), 'NULL') not in ('OBJECT', 'NULL');
create or replace temp macro body_bytes(settings, side, part) as
    case
        when is_no_object(settings, '$.' || side) or is_no_object(settings, '$.' || side || '.' || part) or is_no_object(settings, '$.' || side || '.' || part || '.body')
            then unreadable(cast(1999999999 as bigint))
        when coalesce(json_type(settings, '$.' || side || '.' || part || '.body.bytes'), 'NULL') = 'NULL' then 0
        else as_bigint(json_extract_string(settings, '$.' || side || '.' || part || '.body.bytes'))
    end;
-- Without sampling everything is kept. A percentage that is said and cannot be read promises nothing: 0.
create or replace temp macro sampling_percent(settings) as
    case
        when is_no_object(settings, '$.sampling') then coalesce(as_double(json_extract_string(settings, '$.sampling')), 0)
        when json_extract_string(settings, '$.sampling.percentage') <> '' then coalesce(as_double(json_extract_string(settings, '$.sampling.percentage')), 0)
    end;

-- Who owns an agent: the first of a list of users, given as text or as objects; NULL for an empty list.
create or replace temp macro owner_of(t) as
    case
        when t is null then null
        when substr(ltrim(t), 1, 1) not in ('[', '{') then present(t)
        else coalesce(
            json_extract_string(list_text(t), '$[0].userPrincipalName'),
            json_extract_string(list_text(t), '$[0].mail'),
            json_extract_string(list_text(t), '$[0].id'),
            case when json_type(list_text(t), '$[0]') = 'VARCHAR' then present(json_extract_string(list_text(t), '$[0]')) end
        )
    end;
