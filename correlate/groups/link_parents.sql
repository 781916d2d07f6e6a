-- name:    correlate/groups/link_parents
-- purpose: The smallest of each link and those it comes together with: one step towards the smallest of all
--          that are tied to it.
-- readers: groups/joined_pairs, groups/link_roots
-- grain:   one row per round and link
-- param:   round_no  bigint  -  counts the steps

with

neighbours as (

    select link, other_link from link_pairs
    union all
    select other_link, link from link_pairs

)

select
    {round_no:Bigint} as round_no,
    link,
    case when min(other_link) < link then min(other_link) else link end as parent
from neighbours
group by link
