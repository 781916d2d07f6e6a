-- name:    correlate/match/rated_matches
-- purpose: How sure each match is: the share of such matches that is true where the truth is known.
-- readers: results/call_ids
-- grain:   one row per match

with

spread_matches as (

    -- Where the clock of the hour is not known, the server's usual one is no better known than to 100 ms.
    select
        contested.server_key,
        spreads.spread_us + case when hourly.offset_us is null then 100000.0 else 0.0 end as spread_us
    from contested_servers as contested
    inner join server_calls as server on contested.server_key = server.server_key
    inner join server_spreads as spreads on contested.offset_server_id = spreads.offset_server_id
    left join server_offsets as hourly
        on contested.offset_server_id = hourly.offset_server_id
        and x_div(server.at_us, 3600000000) = hourly.hour_no

),

compared as (

    select
        matches.*,
        spreads.spread_us,
        -- How much better this choice is than the next one. Requests differ by about a spread anyway: there a
        -- millisecond says little, and the more the further out. It says no more beyond two spreads, as
        -- nothing is known of how seldom such requests are. Of two pairs both say so, a lone one does not.
        matches.rival_us
        * least(matches.distance_us + 0.5 * matches.rival_us, 2.0 * spreads.spread_us)
        * case when matches.candidates = 1 then 0.5 else 1.0 end as lead_us2,
        spreads.spread_us * spreads.spread_us as spread_us2
    from matches
    left join spread_matches as spreads on matches.server_key = spreads.server_key

),

described as (

    select
        *,
        case
            when round = 'left over' and basis <> 'parent' and distance_us > 3.0 * spread_us then 'far'
            when round <> 'nearest' then round
            when rival_us >= 1e14 then 'only'
            when spread_us is null then 'unclocked'
            when lead_us2 < 0.25 * spread_us2 then 'tied'
            when lead_us2 < spread_us2 then 'close'
            when lead_us2 < 3.0 * spread_us2 then 'near'
            else 'clear'
        end as choice
    from compared

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
    -- Shares of 900,000 calls of the hard mix, 12,886 of whose matches are uncertain: seeds 101 and 103 in
    -- 24 h, 102 in 6 h, 105 in 3 h, 104 in 12 h without any trace, 201 in 24 h with 30 % concurrent; each at
    -- another date. bench/correlate-quality.ts checks them on other seeds. No simulation leaves a clock
    -- unknown or a crowd so dense that only order is left: those two are put with the tied.
    cast(case
        when choice = 'far' then 0.01
        when choice in ('tied', 'in order', 'unclocked') then 0.55
        when choice = 'left over' then 0.57
        when choice = 'close' then 0.72
        when choice = 'near' then 0.94
        when basis = 'parent' then 1.0
        when basis in ('linked trace', 'silent trace') then 0.996
        when basis = 'agent' then 0.998
        when choice = 'clear' then 0.9995
        else 0.9999
    end as double) as confidence
from described
left join last_attempts on described.gateway_id = last_attempts.gateway_id
