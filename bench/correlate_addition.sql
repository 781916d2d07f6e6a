-- name:    bench/correlate_addition
-- purpose: What comes later: the newest hundredth of the evidence by time, as most additions are; and one record in
--          100,000 of any time before, which all of that time is looked through for.
create table addition as
select
    *,
    occurred_at < (select quantile_disc(occurred_at, 0.99) from events where layer in ('gateway', 'server')) as is_late
from events
where not is_late or hash(event_id) % 100000 = 0
