-- name:    correlate/groups/groups
-- purpose: Which events are tied to one another, over however many links; the smallest of the links names
--          the group.
-- readers: reopen/grouped_events of the next correlation
-- grain:   one row per event that has a link

-- In the order of groups the rows of one lie together; among themselves they have none.
select event_id, group_id
from (
    select
        first_links.event_id,
        coalesce(roots.root, first_links.link) as group_id
    from first_links
    left join link_roots as roots on first_links.link = roots.link
    order by group_id
) as grouped
