-- Better copies of what was there, so that correlation looks again at what they touch.
insert into replaced_events by name
select event_id, batch_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
from events
where hash(event_id) % 50 = 3;

update events
set batch_id = (select max(batch_id) from events) + 1
where hash(event_id) % 50 = 3;
