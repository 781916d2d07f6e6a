-- name:     sre/relations/prompt_use
-- purpose:  How often each server was asked for MCP prompts, and of how many requests nobody knows what they asked for.
-- readers:  SRE, SOC
-- grain:    one row per server; requests that name none are one row
-- evidence: gateway, server
-- param:    from_at            timestamptz  UTC       window start, inclusive (default: now-30d)
-- param:    to_at              timestamptz  UTC       window end, exclusive (default: now)
-- column:   server_id          varchar      -         server; null: the requests name none
-- column:   environment        varchar      -         of the server; null: not known
-- column:   requests           bigint       records   MCP messages of which the method is known, as gateway and server logged them
-- column:   prompt_requests    bigint       records   of them prompts/get
-- column:   unread_requests    bigint       requests  answered by the gateway, or perhaps, of which no record has the method
-- column:   first_prompt_at    timestamptz  UTC       first prompts/get in the window
-- column:   last_prompt_at     timestamptz  UTC       latest
-- column:   event_id           uuid         -         that latest one, in events
-- column:   correlation_id     varchar      -         of the latest one: the gateway's request
-- column:   agent_id           varchar      -         agent of the latest one
-- column:   caller_identity    varchar      -         caller of the latest one

with

messages as (

    select
        coalesce(names.server_id, event.server_id) as server_id,
        event.event_id,
        event.occurred_at,
        event.correlation_id,
        event.agent_id,
        event.caller_identity,
        case when event.mcp_method = 'prompts/get' then 1 else 0 end as is_prompt

    from events as event
    left join server_names as names on x_lower(event.server_id) = names.name

    where
        event.layer in ('gateway', 'server')
        and event.mcp_method is not null
        and event.occurred_at >= {from_at:Timestamp}
        and event.occurred_at < {to_at:Timestamp}

),

read_messages as (

    select
        server_id,
        count(*) as requests

    from messages

    group by server_id

),

ranked_prompts as (

    select
        *,
        row_number() over (partition by server_id order by occurred_at desc, event_id) as position

    from messages

    where is_prompt = 1

),

prompts as (

    select
        server_id,
        count(*) as prompt_requests,
        min(occurred_at) as first_prompt_at,
        max(occurred_at) as last_prompt_at,
        max(case when position = 1 then event_id end) as event_id,
        max(case when position = 1 then correlation_id end) as correlation_id,
        max(case when position = 1 then agent_id end) as agent_id,
        max(case when position = 1 then caller_identity end) as caller_identity

    from ranked_prompts

    group by server_id

),

-- What is known of a request by any of its records; they are of one day, or nearly.
understood as (

    select distinct correlation_id

    from events

    where
        layer in ('gateway', 'server')
        and correlation_id is not null
        and (mcp_method is not null or tool_name is not null)
        and occurred_at >= x_add_ms({from_at:Timestamp}, -86400000)
        and occurred_at < x_add_ms({to_at:Timestamp}, 86400000)

),

-- A GET opens a stream and a DELETE ends a session: neither carries a message.
unread_messages as (

    select
        attempt.server_id,
        count(*) as unread_requests

    from auth_attempts as attempt
    inner join events as event on attempt.event_id = event.event_id
    left join understood on attempt.correlation_id = understood.correlation_id

    where
        attempt."timestamp" >= {from_at:Timestamp}
        and attempt."timestamp" < {to_at:Timestamp}
        -- Of one without a status nobody knows whether it was answered.
        and (coalesce(attempt.http_status, 0) = 0 or attempt.http_status between 200 and 299)
        and coalesce(event.http_method, 'POST') not in ('GET', 'DELETE')
        and event.mcp_method is null
        and event.tool_name is null
        and understood.correlation_id is null

    group by attempt.server_id

),

asked as (

    select server_id from read_messages
    union distinct
    select server_id from unread_messages

)

select
    asked.server_id,
    servers.environment,
    coalesce(read_messages.requests, 0) as requests,
    coalesce(prompts.prompt_requests, 0) as prompt_requests,
    coalesce(unread_messages.unread_requests, 0) as unread_requests,
    prompts.first_prompt_at,
    prompts.last_prompt_at,
    prompts.event_id,
    prompts.correlation_id,
    prompts.agent_id,
    prompts.caller_identity

from asked

left join read_messages on coalesce(asked.server_id, '') = coalesce(read_messages.server_id, '')
left join prompts on coalesce(asked.server_id, '') = coalesce(prompts.server_id, '')
left join unread_messages on coalesce(asked.server_id, '') = coalesce(unread_messages.server_id, '')
left join servers on asked.server_id = servers.server_id

order by server_id
