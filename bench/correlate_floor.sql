-- name:    bench/correlate_floor
-- purpose: The floor: one table of both event sets joined on the trace id, with all their columns.
create table bare_join as
select *
from (select * from events where layer = 'gateway') as gateway
left join (select * from events where layer = 'server') as server
    on gateway.operation_id = server.operation_id
