-- name:    soc/sign_ins_by_agent
-- purpose: Which tokens Entra issued to whom; a sign-in is a token, not a call.
-- readers: SOC
-- grain:   one row per agent id and caller, most failures first
-- brief:   agent, caller_identity, sign_ins, failed_sign_ins, last_at
-- param:   from_at          timestamptz  UTC        window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC        window end, exclusive (default: now)
-- column:  agent            varchar      -          name of the agent, else its id
-- column:  agent_id         varchar      -          null when the sign-in names no agent
-- column:  caller_identity  varchar      -          who signed in
-- column:  sign_ins         bigint       sign-ins   tokens asked for
-- column:  failed_sign_ins  bigint       sign-ins   of these, refused
-- column:  resources        bigint       resources  distinct resources asked for
-- column:  ips              bigint       addresses  distinct addresses
-- column:  last_error_code  varchar      -          of the latest refusal
-- column:  first_at         timestamptz  UTC        earliest
-- column:  last_at          timestamptz  UTC        latest

with

agent_of_id as (

    select
        agent_id,
        max(display_name) as display_name

    from agents

    group by agent_id

)

select
    coalesce(max(agent.display_name), sign_in.agent_id, '(no agent)') as agent,
    sign_in.agent_id as agent_id,
    sign_in.caller_identity as caller_identity,
    count(*) as sign_ins,
    count(*) filter (where not sign_in.is_success) as failed_sign_ins,
    count(distinct sign_in.resource) as resources,
    count(distinct sign_in.caller_ip) as ips,
    argMax(
        case when not sign_in.is_success then sign_in.result_code end,
        case when not sign_in.is_success then sign_in."timestamp" end
    ) as last_error_code,
    min(sign_in."timestamp") as first_at,
    max(sign_in."timestamp") as last_at

from sign_ins as sign_in
left join agent_of_id as agent on sign_in.agent_id = agent.agent_id

where
    sign_in."timestamp" >= {from_at:Timestamp}
    and sign_in."timestamp" < {to_at:Timestamp}

group by
    sign_in.agent_id,
    sign_in.caller_identity

order by failed_sign_ins desc, sign_ins desc, agent, agent_id, caller_identity
