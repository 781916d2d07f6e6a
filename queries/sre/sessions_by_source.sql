-- name:    sre/sessions_by_source
-- purpose: How sessions are known: declared by the client, a conversation, a trace, or inferred.
-- readers: SRE, SOC
-- grain:   one row per way a session is known, most calls first
-- param:   from_at               timestamptz  UTC       window start, inclusive (default: now-30d)
-- param:   to_at                 timestamptz  UTC       window end, exclusive (default: now)
-- column:  session_source        varchar      -         declared, conversation, trace, inferred or (none)
-- column:  sessions              bigint       sessions  distinct sessions
-- column:  calls                 bigint       rows      tool calls in them
-- column:  calls_ratio           double       ratio     of all calls in the window
-- column:  single_call_sessions  bigint       sessions  sessions of one call: many mean that clients open one per call
-- column:  agents                bigint       agents    distinct agents

with

by_session as (

    select
        coalesce(session_source, '(none)') as session_source,
        session_key,
        count(*) as calls

    from correlated_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by
        coalesce(session_source, '(none)'),
        session_key

),

by_agent as (

    select
        coalesce(session_source, '(none)') as session_source,
        count(distinct agent_id) as agents

    from correlated_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by coalesce(session_source, '(none)')

),

counted as (

    select
        session_source,
        count(session_key) as sessions,
        cast(sum(calls) as bigint) as calls,
        count(*) filter (where session_key is not null and calls = 1) as single_call_sessions

    from by_session

    group by session_source

)

select
    counted.session_source as session_source,
    counted.sessions as sessions,
    counted.calls as calls,
    counted.calls / nullif(sum(counted.calls) over (), 0) as calls_ratio,
    counted.single_call_sessions as single_call_sessions,
    by_agent.agents as agents

from counted
inner join by_agent on counted.session_source = by_agent.session_source

order by calls desc, session_source
