-- name:    bench/end_to_end_floor
-- purpose: The floor of the whole way, behind the loading (bench/ingest_floor): both sides joined with all their
--          columns, and the calls grouped by agent and five minutes once for each of three objectives.

create table joined as
select *
from (select * from floor_events where layer = 'gateway') as gateway
left join (select * from floor_events where layer = 'server') as server
    on gateway.operation_id = server.operation_id;

create table latencies as
select agent_id, epoch_us(occurred_at) // 300000000 as slice_no, count(*) as calls, sum(cast(latency_ms < 1500 as int)) as good
from joined
group by agent_id, slice_no;

create table writes as
select agent_id, epoch_us(occurred_at) // 300000000 as slice_no, count(*) as calls, sum(cast(latency_ms < 4000 as int)) as good
from joined
group by agent_id, slice_no;

create table attempts as
select agent_id, epoch_us(occurred_at) // 300000000 as slice_no, count(*) as calls, sum(cast(http_status <> 401 as int)) as good
from joined
group by agent_id, slice_no;
