-- name:    bench/correlate_addition
-- purpose: The addition: the newest hundredth of the evidence by time, and a few records of any time that
--          come late.
create table addition as
select *
from events
where
    occurred_at >= (select quantile_disc(occurred_at, 0.99) from events where layer in ('gateway', 'server'))
    or hash(event_id) % 100000 = 0
