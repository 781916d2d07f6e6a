-- name:    soc/relations/near_gateway_calls
-- purpose: Calls that only a server saw with a call that only the gateway saw next to them: the two may be one.
-- readers: SOC
-- grain:   one row per call without gateway evidence that has such a neighbour within 5 seconds
-- param:   from_at  timestamptz  UTC  window start, inclusive (default: now-30d)
-- param:   to_at    timestamptz  UTC  window end, exclusive (default: now)
-- column:  call_id  uuid         -    stable id of the call

with

-- Neighbours are found by one pass in the order of time: thousands of both would make millions of pairs.
one_sided as (

    select
        call_id,
        x_lower(server_id) as server_key,
        coalesce(tool_name, '') as tool,
        gateway_seen,
        x_us("timestamp") as at_us

    from tool_calls

    where
        (not gateway_seen or not server_seen)
        and server_id is not null
        and "timestamp" >= x_add_ms({from_at:Timestamp}, -5000)
        and "timestamp" < x_add_ms({to_at:Timestamp}, 5000)

),

with_neighbours as (

    select
        call_id,
        gateway_seen,
        tool,
        at_us,
        max(case when gateway_seen then at_us end) over tool_before as same_before_us,
        min(case when gateway_seen then at_us end) over tool_after as same_after_us,
        max(case when gateway_seen and tool = '' then at_us end) over server_before as nameless_before_us,
        min(case when gateway_seen and tool = '' then at_us end) over server_after as nameless_after_us,
        max(case when gateway_seen then at_us end) over server_before as any_before_us,
        min(case when gateway_seen then at_us end) over server_after as any_after_us

    from one_sided

    window
        tool_before as (
            partition by server_key, tool order by at_us, call_id
            rows between unbounded preceding and current row
        ),
        tool_after as (
            partition by server_key, tool order by at_us, call_id
            rows between current row and unbounded following
        ),
        server_before as (
            partition by server_key order by at_us, call_id
            rows between unbounded preceding and current row
        ),
        server_after as (
            partition by server_key order by at_us, call_id
            rows between current row and unbounded following
        )

)

-- A side that does not name the tool may have called any.
select call_id

from with_neighbours

where
    not gateway_seen
    and (
        coalesce(at_us - same_before_us <= 5000000, false)
        or coalesce(same_after_us - at_us <= 5000000, false)
        or coalesce(at_us - nameless_before_us <= 5000000, false)
        or coalesce(nameless_after_us - at_us <= 5000000, false)
        or (tool = '' and coalesce(at_us - any_before_us <= 5000000, false))
        or (tool = '' and coalesce(any_after_us - at_us <= 5000000, false))
    )

order by call_id
