-- name:    correlate/gateway/model_requests
-- purpose: Requests that a model answered. A table of its own, for the engine takes them for many where there are few or
--          none, and would look for all other requests among them.
-- readers: gateway/gateway_requests, results/auth_attempts
-- grain:   one row per request

select distinct correlation_id
from events
where layer = 'model' and correlation_id is not null
