-- name:    bench/quality/by_rung
-- purpose: Precision and recall on the calls that their evidence decides. A match counts for precision
--          when either of its records is of a decided call, under the rung that made it; a call of two
--          sides counts for recall under the rung that decides it. What has one side is right when it is
--          told alone.
-- grain:   one row per rung, and one for all
with
matches as (
    select
        judged.match_rung as rung,
        count(*) as matches,
        countif(judged.gateway_call = judged.server_call) as true_matches
    from judged
    left join truths as gateway on judged.gateway_call = gateway.call
    left join truths as server on judged.server_call = server.call
    where
        judged.match_rung not in ('gateway_only', 'server_only')
        and (coalesce(gateway.decided, false) or coalesce(server.decided, false))
    group by judged.match_rung
),
found as (
    select
        coalesce(gateway_call, server_call) as call,
        bool_or(gateway_call = server_call) as is_joined,
        bool_and(match_rung = 'gateway_only') as is_gateway_only,
        bool_and(match_rung = 'server_only') as is_server_only
    from judged
    group by coalesce(gateway_call, server_call)
),
calls as (
    select
        case
            when truths.has_gateway and truths.has_server then truths.decidable
            when truths.has_gateway then 'gateway_only'
            else 'server_only'
        end as rung,
        count(*) as calls,
        countif(
            case
                when truths.has_gateway and truths.has_server then coalesce(found.is_joined, false)
                when truths.has_gateway then coalesce(found.is_gateway_only, false)
                else coalesce(found.is_server_only, false)
            end
        ) as found_calls
    from truths
    left join found on truths.call = found.call
    where truths.decided and (truths.has_gateway or truths.has_server)
    group by 1
),
per_rung as (
    select
        coalesce(calls.rung, matches.rung) as rung,
        coalesce(matches.matches, 0) as matches,
        coalesce(matches.true_matches, 0) as true_matches,
        coalesce(calls.calls, 0) as calls,
        coalesce(calls.found_calls, 0) as found_calls
    from calls
    full join matches on calls.rung = matches.rung
),
with_all as (
    select * from per_rung
    union all
    select 'all', sum(matches), sum(true_matches), sum(calls), sum(found_calls) from per_rung
)
select
    rung,
    cast(matches as bigint) as matches,
    cast(true_matches as bigint) as true_matches,
    cast(calls as bigint) as calls,
    cast(found_calls as bigint) as found_calls
from with_all
order by list_position(
    ['operation_id', 'session', 'agent', 'gateway_only', 'server_only', 'all'], rung
)
