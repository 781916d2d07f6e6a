-- name:    sre/sampling_by_source
-- purpose: Which evidence is sampled, and by how much: sampled evidence proves no zero.
-- readers: SRE, SOC
-- grain:   one row per source table and layer, most sampled first
-- brief:   source_table, layer, records, sampled_records, sampled_ratio, max_weight, truncated_records
-- param:   from_at            timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at              timestamptz  UTC      window end, exclusive (default: now)
-- column:  source_table       varchar      -        Azure table or stream
-- column:  layer              varchar      -        gateway, server, identity, model, approval, config or platform
-- column:  records            bigint       records  evidence rows
-- column:  sampled_records    bigint       records  of these, rows that stand for more than one
-- column:  sampled_ratio      double       ratio    sampled_records / records
-- column:  represented        bigint       records  records they all stand for
-- column:  max_weight         bigint       records  most that one row stands for
-- column:  truncated_records  bigint       records  rows cut by their sender

select
    source_table,
    layer,
    count(*) as records,
    count(*) filter (where weight > 1) as sampled_records,
    count(*) filter (where weight > 1) / nullif(count(*), 0) as sampled_ratio,
    cast(sum(weight) as bigint) as represented,
    max(weight) as max_weight,
    count(*) filter (where is_truncated) as truncated_records

from events

where
    occurred_at >= {from_at:Timestamp}
    and occurred_at < {to_at:Timestamp}

group by
    source_table,
    layer

order by sampled_ratio desc, source_table, layer
