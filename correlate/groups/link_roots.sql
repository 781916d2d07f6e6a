-- name:    correlate/groups/link_roots
-- purpose: The way from each link of a step to the smallest of all that are tied to it, by what is known of
--          the links of the step after it.
-- readers: groups/groups
-- grain:   one row per link
-- param:   round_no  bigint  -  the step

select
    parents.link,
    coalesce(roots.root, parents.parent) as root
from link_parents as parents
left join link_roots as roots on parents.parent = roots.link
where parents.round_no = {round_no:Bigint}
