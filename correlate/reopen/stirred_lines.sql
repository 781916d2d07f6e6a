-- name:    correlate/reopen/stirred_lines
-- purpose: Closed calls that stand in one line with re-opened ones: each so near to the next that the two
--          could have to do with one another. Both what re-opened calls were and what they are by now
--          counts, for a call that is taken out of the line leaves its partner to others.
-- readers: reopen.ts
-- grain:   one row per call

with

calls as (

    select
        kept.match_key,
        kept.id,
        kept.at_us,
        kept.reach_us,
        case when kept.is_decisive then 1 else 0 end as is_decisive,
        case when reopened.event_id is null then 0 else 1 end as is_stirred
    from near_lines as kept
    left join reopened on kept.id = reopened.event_id

    union distinct

    select
        match_key,
        id,
        at_us,
        reach_us,
        case when is_decisive then 1 else 0 end as is_decisive,
        1 as is_stirred
    from lines

),

decided_keys as (

    select match_key
    from calls
    group by match_key
    having max(is_decisive) = 1

),

reaches as (

    select
        *,
        max(at_us + reach_us) over (
            partition by match_key
            order by at_us, id, reach_us, is_stirred, is_decisive
            rows between unbounded preceding and 1 preceding
        ) as reached_us
    from calls
    where match_key in (select match_key from decided_keys)

),

clustered as (

    select
        *,
        sum(case when at_us > reached_us then 1 else 0 end) over (
            partition by match_key
            order by at_us, id, reach_us, is_stirred, is_decisive
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
