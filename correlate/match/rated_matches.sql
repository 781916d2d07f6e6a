-- name:    correlate/match/rated_matches
-- purpose: How sure each match is: the share of such matches that is true where the truth is known.
-- readers: results/call_ids
-- grain:   one row per match

with

described as (

    select
        matches.*,
        -- What lies closer together than the spread of a server's requests, times cannot tell apart.
        case
            when matches.round <> 'nearest' then matches.round
            when matches.rival_us >= 1e14 then 'only'
            when spreads.spread_us is null then 'unclocked'
            when matches.rival_us < 0.5 * spreads.spread_us then 'tied'
            when matches.rival_us < spreads.spread_us then 'close'
            when matches.rival_us < 2.0 * spreads.spread_us then 'near'
            else 'clear'
        end as choice
    from matches
    left join contested_servers as contested on matches.server_key = contested.server_key
    left join server_spreads as spreads on contested.offset_server_id = spreads.offset_server_id

)

select
    described.gateway_id,
    coalesce(last_attempts.server_key, described.server_key) as server_key,
    rung,
    candidates,
    basis,
    choice,
    case when basis <> 'parent' then distance_us / 1000.0 end as gap_ms,
    case when rival_us < 1e14 then rival_us / 1000.0 end as margin_ms,
    -- Shares that bench/correlate-quality.ts printed for 190,000 matches of the hard mix: seed 2 in 6 h,
    -- seed 3 in 24 h, seed 5 in 12 h without any trace. It checks them on seed 1. No simulation leaves
    -- a clock unknown or a crowd so dense that only order is left: those two are put with the left over.
    case
        when choice in ('left over', 'in order', 'unclocked') then 0.48
        when choice = 'tied' then 0.6
        when choice = 'close' then 0.66
        when choice = 'near' then 0.9
        when basis = 'parent' then 1.0
        when basis in ('linked trace', 'silent trace') then 0.997
        when basis = 'agent' then 0.998
        when choice = 'clear' then 0.9995
        else 0.9999
    end as confidence
from described
left join last_attempts on described.gateway_id = last_attempts.gateway_id
