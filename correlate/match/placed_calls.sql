-- name:    correlate/match/placed_calls
-- purpose: Where each call of a line-up stands among those of its key: which of its side it is, and how many of the
--          other side come before it.
-- readers: match/pairs_by_nearness
-- grain:   one row per open call and side

select
    match_key,
    side,
    id,
    at_us,
    reach_us,
    slack_us,
    rpc_request_id,
    same_before_us,
    same_after_us,
    case side when 'gateway' then 'server' else 'gateway' end as other_side,
    case side when 'gateway' then gateways else servers end as side_no,
    case side when 'gateway' then servers else gateways end as others_before
from (
    select
        *,
        countIf(side = 'gateway') over so_far as gateways,
        countIf(side = 'server') over so_far as servers,
        max(at_us) over same_before as same_before_us,
        min(at_us) over same_after as same_after_us
    from lined_up
    window
        so_far as (
            partition by match_key order by at_us, side, id rows between unbounded preceding and current row
        ),
        same_before as (
            partition by match_key, side order by at_us, id rows between 1 preceding and 1 preceding
        ),
        same_after as (
            partition by match_key, side order by at_us, id rows between 1 following and 1 following
        )
) as placed
