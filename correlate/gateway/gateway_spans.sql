-- name:    correlate/gateway/gateway_spans
-- purpose: The spans that a server's request may name as its parent when it came through the gateway:
--          the gateway's own span, a logged traceparent's, and its dependencies towards the backend.
-- readers: later steps
-- grain:   one row per span and gateway request

with

own as (

    select operation_id, span_id, request_key, role
    from gateway_rows
    where operation_id is not null and span_id is not null

),

towards_backend as (

    select dependency.operation_id, dependency.span_id, own.request_key
    from events as dependency
    inner join (select distinct operation_id, span_id, request_key from own where role = 'app') as own
        on dependency.operation_id = own.operation_id
        and dependency.parent_span_id = own.span_id
    where dependency.kind = 'dependency' and dependency.span_id is not null

)

select operation_id, span_id, request_key from own
union distinct
select operation_id, span_id, request_key from towards_backend
