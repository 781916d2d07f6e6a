-- name:    correlate/results/call_outcomes
-- purpose: The three outcomes of a call, the verdict over them, whether the tool ran, and who failed.
-- readers: results/correlated_calls
-- grain:   one row per call
-- as:      view

with

judged as (

    select
        facts.*,
        coalesce(approvals.approval_result, facts.approval_result) as final_approval_result,
        case
            -- The client went away: whatever was answered did not reach it.
            when facts.gateway_error_type = 'ClientConnectionFailure' then 'error'
            when facts.http_status is null and facts.http_success is null then 'unknown'
            when coalesce(facts.http_status, 0) = 0 then case when facts.http_success then 'ok' else 'error' end
            when facts.http_status >= 400 then 'error'
            else 'ok'
        end as transport_outcome,
        case
            when facts.rpc_error_code <> 0 then 'error'
            when facts.tool_failed is not null then 'ok'
            when facts.gateway_protocol_failed then 'error'
            when facts.is_recorded and coalesce(facts.server_record_success, facts.has_span) then 'ok'
            when facts.gateway_protocol_seen and facts.http_status < 400 then 'ok'
            else 'unknown'
        end as protocol_outcome
    from call_facts as facts
    left join call_approvals as approvals on facts.call_id = approvals.call_id

),

with_tool as (

    select
        *,
        case
            when coalesce(result_type, '') = 'input_required' then 'unknown' -- it has not run yet
            when tool_failed then 'error'
            when not tool_failed then 'ok'
            when protocol_outcome = 'error' or not is_recorded then 'unknown'
            when server_record_success then 'ok'
            when transport_outcome = 'error' then 'unknown'
            -- A span that failed without an error type may have lost its client, not its tool.
            when not server_record_success then case when has_span and server_error_type is null then 'unknown' else 'error' end
            when has_span then case when server_error_type is null then 'ok' else 'error' end
            when x_lower(server_result_code) in ('ok', 'success', 'succeeded', '0', '200') then 'ok'
            when x_lower(server_result_code) in ('error', 'failed', 'failure', 'tool_error') then 'error'
            else 'unknown'
        end as tool_outcome,
        coalesce(http_status, 0) in (401, 403, 429)
            -- What a policy of the gateway refuses, whatever status it was told to answer.
            or (
                gateway_error_type in (
                    'CallerIpNotAllowed', 'QuotaExceeded', 'RateLimitExceeded', 'SubscriptionKeyNotFound',
                    'SubscriptionKeyInvalid', 'TokenNotPresent', 'TokenExpired', 'TokenInvalid',
                    'TokenSignatureInvalid', 'TokenSignatureKeyNotFound', 'TokenAudienceNotAllowed',
                    'TokenIssuerNotAllowed', 'TokenClaimNotFound', 'TokenClaimValueNotAllowed'
                )
                and http_status >= 400
            ) as is_refused,
        coalesce(final_approval_result, '') in ('denied', 'expired') as is_not_approved,
        -- JSON-RPC says that these never reached the tool: parse error, invalid request, unknown
        -- method, invalid arguments, and what MCP 2026-07-28 refuses by header, capability, version.
        coalesce(rpc_error_code, 0) in (-32700, -32600, -32601, -32602, -32020, -32021, -32022) as is_rejected
    from judged

),

ran as (

    select
        *,
        case
            when coalesce(result_type, '') = 'input_required' then false
            when tool_outcome = 'ok' then true
            when is_not_approved or is_rejected then false
            when is_recorded then true
            -- A tool error may be how a server says that an approval was not given.
            when gateway_saw_result or coalesce(tool_failed, false) then null
            when is_refused then false
            when server_key is null then null -- the gateway sees an answer, not whether the tool ran
            when backend_status < 400 then true
            when backend_status < 500 then false
        end as executed
    from with_tool

)

select
    *,
    case
        when http_status = 401 and not credential_presented and coalesce(challenge_offered, true)
            then 'challenge'
        when http_status = 401 and not credential_presented then 'failure'
        when is_refused and not coalesce(executed, false) then 'denied'
        when is_not_approved and not coalesce(executed, false) then 'denied'
        when 'error' in (transport_outcome, protocol_outcome, tool_outcome) then 'failure'
        when tool_outcome = 'ok' then 'success'
        else 'unknown'
    end as outcome,
    case
        when is_not_approved and not coalesce(executed, false) then 'approval'
        when tool_outcome = 'error' then 'tool'
        when protocol_outcome = 'error' then 'protocol'
        when transport_outcome <> 'error' then null
        when gateway_error_type = 'ClientConnectionFailure' then 'client'
        when gateway_id is not null and server_key is null and coalesce(gateway_backend_latency_ms, 0) = 0
            then 'gateway'
        else 'server'
    end as failure_layer
from ran
