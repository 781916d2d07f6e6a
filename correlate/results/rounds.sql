-- name:    correlate/results/rounds
-- purpose: The requests that are rounds of one call: a server of MCP 2026-07-28 answered `input_required`,
--          and the client came again with the same tool and arguments. Nothing else ties them (what the
--          server gave back as `requestState` is not logged), so the next request of the same agent, in
--          the same trace if it has one, is taken for the answer.
-- readers: results/call_facts, results/call_members, results/round_waits
-- grain:   one row per round of a call that has several
-- param:   idle_ms  bigint  ms  who answers later than this calls anew

with

keyed as (

    select
        call_id,
        started_at,
        gateway_latency_ms,
        server_latency_ms,
        case when confidence > 0.0 then confidence end as confidence,
        x_us(started_at) as began_us,
        x_us(started_at) + coalesce(gateway_latency_ms, server_latency_ms, 0.0) * 1000.0 as ended_us,
        -- By the server's clock, which decisions are logged by, where it says how long it worked.
        case when server_latency_ms is not null then x_us(server_at) end as server_began_us,
        approval_wait_ms,
        coalesce(result_type, '') = 'input_required' as is_question,
        server_id || '|' || tool_name || '|' || coalesce(arguments_hash, '') || '|'
            || coalesce(gateway_operation_id, case when arguments_hash is not null then '' end) || '|'
            || coalesce(agent_id, caller_identity, mcp_session_id, '') as match_key
    from request_facts

),

asked as (

    select distinct match_key
    from keyed
    where is_question and match_key is not null

),

paused as (

    select
        keyed.*,
        max(case when is_question then 1 else 0 end) over before as is_after_question,
        began_us - max(ended_us) over before as pause_us
    from keyed
    inner join asked on keyed.match_key = asked.match_key
    window before as (
        partition by keyed.match_key order by began_us, call_id rows between 1 preceding and 1 preceding
    )

),

chained as (

    select
        *,
        sum(case when is_after_question = 1 and pause_us between 0.0 and 1000.0 * {idle_ms:Bigint} then 0 else 1 end) over (
            partition by match_key
            order by began_us, call_id
            rows between unbounded preceding and current row
        ) as chain_no
    from paused

),

numbered as (

    select
        *,
        row_number() over (partition by match_key, chain_no order by began_us, call_id) as round_no
    from chained

),

chains as (

    select
        match_key,
        chain_no,
        count(*) as rounds,
        argMin(call_id, round_no) as call_id,
        min(started_at) as started_at,
        min(confidence) as confidence,
        sum(gateway_latency_ms) as gateway_latency_ms,
        sum(server_latency_ms) as server_latency_ms,
        sum(case when round_no > 1 then pause_us end) / 1000.0 as between_ms
    from numbered
    group by match_key, chain_no
    having count(*) > 1

)

select
    numbered.call_id as request_id,
    chains.call_id,
    numbered.round_no,
    numbered.round_no = chains.rounds as is_last,
    case when numbered.round_no > 1 then numbered.pause_us / 1000.0 end as before_ms,
    cast(coalesce(numbered.server_began_us, numbered.began_us) as double) as worked_from_us,
    coalesce(numbered.server_began_us + numbered.server_latency_ms * 1000.0, numbered.ended_us) as worked_to_us,
    numbered.approval_wait_ms as stated_wait_ms,
    chains.rounds,
    chains.started_at,
    chains.confidence,
    chains.gateway_latency_ms,
    chains.server_latency_ms,
    chains.between_ms
from numbered
inner join chains
    on numbered.match_key = chains.match_key
    and numbered.chain_no = chains.chain_no
