-- name:    correlate/reopen/agent_lines
-- purpose: The calls that were still open when only agent, server and tool were left to join them by time,
--          and how far each reaches: the gateway's as long as it took, for another try of it lies within;
--          both by the windows of a pair, of the next choice and of the clocks. In a line with a server
--          whose clock nothing tells of, the order of all its calls decides.
-- readers: reopen/stirred_lines, also of the next correlation
-- grain:   one row per call
-- param:   skew_ms  bigint  ms  how far apart clocks may be

select
    x_uuid('agent|' || line.match_key) as match_key,
    line.id,
    case when line.is_clocked then line.at_us else -1e18 end as at_us,
    case
        when line.is_clocked
            then coalesce(gateway.reach_us, 0.0) + line.reach_us + 4000.0 * {skew_ms:Bigint}
        else 2e18
    end as reach_us,
    true as is_decisive
from lined_up as line
left join gateway_calls as gateway on line.id = gateway.gateway_id
