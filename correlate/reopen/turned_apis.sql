-- name:    correlate/reopen/turned_apis
-- purpose: Requests to APIs that began or ceased to be for models alone: all their authentication
--          attempts come or go, however old they are.
-- readers: reopen.ts
-- grain:   one row per event

with

turned as (

    (select server_id from model_apis except distinct select server_id from kept_model_apis)
    union all
    (select server_id from kept_model_apis except distinct select server_id from model_apis)

)

select event_id
from events
where layer = 'gateway' and kind in ('request', 'call') and server_id in (select server_id from turned)
