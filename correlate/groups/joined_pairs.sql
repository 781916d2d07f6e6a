-- name:    correlate/groups/joined_pairs
-- purpose: The pairs, each link in the person of its parent; what has one parent is one by now.
-- readers: groups/link_parents
-- grain:   one row per pair of links
-- param:   round_no  bigint  -  of the step that gave the parents

with

parents as (

    select link, parent
    from link_parents
    where round_no = {round_no:Bigint}

)

select distinct
    one.parent as link,
    other.parent as other_link
from link_pairs
inner join parents as one on link_pairs.link = one.link
inner join parents as other on link_pairs.other_link = other.link
-- Not as one <> other: an engine may take that for what joins the two, and try each parent with each.
where case when one.parent = other.parent then 0 else 1 end = 1
