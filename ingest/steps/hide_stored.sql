-- name:    ingest/hide_stored
-- purpose: Makes people and addresses of the stored events pseudonyms.

update events
set
    caller_identity = as_caller(caller_identity),
    approver = as_caller(approver),
    caller_ip = as_address(caller_ip),
    tags = as_owned(tags)
