-- name:    soc/content_logged_by_source
-- purpose: Where answers, results or prompts were logged, by which source and of whom: bodies are data, and none of it is stored here.
-- readers: SOC, SRE
-- grain:   one row per source table, resource and server that logged content
-- brief:   source_table, server_id, records, response_bytes, last_at
-- param:   from_at         timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at           timestamptz  UTC      window end, exclusive (default: now)
-- column:  source_table    varchar      -        Azure table or stream that holds it
-- column:  resource_id     varchar      -        resource whose logs they are; null: the record names none
-- column:  server_id       varchar      -        server, agent's application or API; null: the record names none
-- column:  records         bigint       records  that hold content
-- column:  response_bytes  bigint       bytes    of answers and tool results in them; null: only prompts or arguments
-- column:  first_at        timestamptz  UTC      earliest of them
-- column:  last_at         timestamptz  UTC      latest of them

select
    source_table,
    resource_id,
    server_id,
    count(*) as records,
    cast(sum(response_body_logged_bytes) as bigint) as response_bytes,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at

from events

where
    (response_body_logged_bytes > 0 or (layer = 'platform' and kind = 'content'))
    and occurred_at >= {from_at:Timestamp}
    and occurred_at < {to_at:Timestamp}

group by
    source_table,
    resource_id,
    server_id

order by records desc, source_table, resource_id, server_id
