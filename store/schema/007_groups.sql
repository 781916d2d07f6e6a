-- Which events are tied to one another, over however many links. It takes the place of the pairs of links, which
-- had to be gone through one after the other.
drop table kept_ties;

create table kept_groups (
    event_id uuid not null, -- an event that has a link: a request, a trace, a session or an approval
    group_id uuid not null -- one for all that are tied to one another
);
