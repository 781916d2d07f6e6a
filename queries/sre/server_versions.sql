-- name:    sre/server_versions
-- purpose: Which versions of each server answered calls, the newest first.
-- readers: SRE
-- grain:   one row per server and version
-- param:   from_at         timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at           timestamptz  UTC    window end, exclusive (default: now)
-- column:  server_id       varchar      -      MCP server
-- column:  server_version  varchar      -      version, as the server says
-- column:  calls           bigint       calls  of that version, corrected for sampling
-- column:  first_at        timestamptz  UTC    its first call
-- column:  last_at         timestamptz  UTC    its latest

select
    server_id,
    server_version,
    cast(sum(weight) as bigint) as calls,
    min("timestamp") as first_at,
    max("timestamp") as last_at

from tool_calls

where
    server_id is not null
    and server_version is not null
    and "timestamp" >= {from_at:Timestamp}
    and "timestamp" < {to_at:Timestamp}

group by
    server_id,
    server_version

order by server_id, first_at desc, server_version
