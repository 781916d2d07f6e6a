-- name:    ingest/keep_links
-- purpose: Keeps of the copies that are about to be replaced what tied them to other evidence: calls may
--          rest on it, and are looked at again by the next correlation.

insert into replaced_events by name
select
    event_id,
    batch_id,
    correlation_id,
    operation_id,
    linked_operation_id,
    mcp_session_id,
    approval_id

from events

where event_id in (select event_id from known where is_better)
