-- name:    correlate/reopen/stirred_lines
-- purpose: Closed calls of an agent, server and tool that stand in one line with re-opened ones: each so
--          near to the next that the two could be one call. Both what re-opened calls were and what they
--          are by now counts, for a call that is taken out of the line leaves its partner to others.
-- readers: reopen.ts
-- grain:   one row per call
-- param:   window_ms  bigint  ms  how far apart two starts may be

with

calls as (

    select
        kept.match_key,
        kept.side,
        kept.id,
        kept.at_us,
        kept.reach_us,
        case when reopened.event_id is null then 0 else 1 end as is_stirred
    from kept_lines as kept
    left join reopened on kept.id = reopened.event_id

    union all

    select match_key, side, id, at_us, reach_us, 1 as is_stirred
    from agent_lines

),

reaches as (

    select
        *,
        max(at_us + reach_us) over (
            partition by match_key
            order by at_us, side, id, is_stirred
            rows between unbounded preceding and 1 preceding
        ) as reached_us
    from calls
    where match_key in (select match_key from calls where is_stirred = 1)

),

clustered as (

    select
        *,
        sum(case when at_us > reached_us + 1000.0 * {window_ms:Bigint} then 1 else 0 end) over (
            partition by match_key
            order by at_us, side, id, is_stirred
            rows between unbounded preceding and current row
        ) as cluster_no
    from reaches

),

stirred as (

    select match_key, cluster_no
    from clustered
    group by match_key, cluster_no
    having max(is_stirred) = 1

)

select distinct clustered.id as event_id
from clustered
inner join stirred
    on clustered.match_key = stirred.match_key
    and clustered.cluster_no = stirred.cluster_no
where clustered.is_stirred = 0
