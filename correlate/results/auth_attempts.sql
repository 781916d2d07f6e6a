-- name:    correlate/results/auth_attempts
-- purpose: One row per HTTP request to an MCP endpoint on which the gateway decided about authentication.
-- readers: slo, queries
-- grain:   one row per request
-- table:   auth_attempts

with

known as (

    select
        event.event_id,
        event.occurred_at,
        event.server_id,
        event.agent_id,
        event.caller_identity,
        event.caller_ip,
        coalesce(clients.client_name, event.client_name) as client_name,
        coalesce(event.inbound_auth, clients.inbound_auth) as inbound_auth,
        event.environment,
        event.http_status,
        event.challenge_offered,
        event.url_path,
        event.error_type,
        event.correlation_id,
        case when event.source_table = 'AppRequests' then event.weight else 1 end as weight,
        coalesce(
            event.credential_presented,
            case
                when event.error_type in ('TokenNotPresent', 'SubscriptionKeyNotFound') then false
                when event.error_type in (
                    'TokenExpired', 'TokenSignatureInvalid', 'TokenAudienceNotAllowed', 'TokenIssuerNotAllowed',
                    'TokenClaimValueNotAllowed', 'TokenClaimNotFound', 'TokenSignatureKeyNotFound',
                    'TokenInvalid', 'SubscriptionKeyInvalid'
                ) then true
            end
        ) as presented,
        coalesce(
            event.error_type in (
                'TokenExpired', 'TokenSignatureInvalid', 'TokenAudienceNotAllowed', 'TokenIssuerNotAllowed',
                'TokenClaimValueNotAllowed', 'TokenClaimNotFound', 'TokenSignatureKeyNotFound', 'TokenInvalid',
                'SubscriptionKeyInvalid', 'CallerIpNotAllowed'
            ),
            false
        ) as is_token_error
    from events as event
    inner join auth_clients as clients on event.event_id = clients.event_id
    left join model_requests on event.correlation_id = model_requests.correlation_id
    left join model_apis on event.server_id = model_apis.server_id
    where
        event.layer = 'gateway'
        and event.kind = 'request'
        and coalesce(event.http_method, 'POST') <> 'OPTIONS'
        and model_requests.correlation_id is null
        and model_apis.server_id is null
        -- Models behind the gateway whose use is not logged.
        and (
            event.mcp_method is not null
            or event.tool_name is not null
            or not (
                coalesce(x_contains(x_lower(event.url_path), '/openai/deployments/'), false)
                or coalesce(x_contains(x_lower(event.url_path), '/openai/v1/'), false)
                or coalesce(x_glob(x_lower(event.url_path), '*/openai/responses'), false)
                or coalesce(x_glob(x_lower(event.url_path), '*/completions'), false)
                or coalesce(x_glob(x_lower(event.url_path), '*/embeddings'), false)
            )
        )
        and not coalesce(x_contains(x_lower(event.url_path), '/.well-known/'), false)
        and not coalesce(x_glob(x_lower(event.url_path), '*/authorize'), false)
        and not coalesce(x_glob(x_lower(event.url_path), '*/token'), false)
        and not coalesce(x_glob(x_lower(event.url_path), '*/register'), false)

)

select
    known.event_id,
    known.occurred_at as "timestamp",
    coalesce(server.server_id, known.server_id) as server_id,
    coalesce(agent.agent_id, known.agent_id) as agent_id,
    known.caller_identity,
    known.caller_ip,
    known.client_name,
    known.inbound_auth,
    coalesce(inventory.environment, known.environment) as environment,
    known.http_status,
    known.presented as credential_presented,
    known.challenge_offered,
    known.url_path,
    known.error_type,
    case
        when coalesce(known.http_status, 0) = 0 then 'unknown'
        when known.http_status = 429 then 'rate_limited'
        when known.http_status = 403 then 'failure'
        when known.http_status = 401 and known.presented then 'failure'
        -- Without a credential a 401 invites the client to get one, if it says where from.
        when known.http_status = 401 and not known.presented
            then case when coalesce(known.challenge_offered, true) then 'challenge' else 'failure' end
        when known.http_status = 401 then 'unknown'
        -- A policy may answer a bad token with any status.
        when known.http_status >= 400 and known.presented and is_token_error then 'failure'
        when known.presented is not null and not known.presented then 'unknown'
        else 'success'
    end as auth_outcome,
    known.correlation_id,
    known.weight
from known
left join known_server_names as server on x_lower(known.server_id) = server.name
left join known_servers as inventory on server.server_id = inventory.server_id
left join known_agent_names as agent on x_lower(known.agent_id) = agent.name
