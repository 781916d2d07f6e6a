-- name:    sre/loss_accounting
-- purpose: What became of every record received: received = stored + duplicate + rejected + excluded.
-- readers: SRE, SOC, FinOps
-- grain:   one row per source and source table over all runs
-- brief:   source_table, received, stored, duplicate, rejected, excluded, source
-- column:  source        varchar      -        file, hub or workspace
-- column:  source_table  varchar      -        empty for what could not be recognised
-- column:  batches       bigint       batches  ingest batches
-- column:  received      bigint       records  records after unwrapping
-- column:  stored        bigint       records  became evidence
-- column:  duplicate     bigint       records  already known from this or another source
-- column:  rejected      bigint       records  could not be used; see soc/rejected_records_by_reason
-- column:  excluded      bigint       records  recognised, and not about MCP, identity, model use, approval or configuration
-- column:  unaccounted   bigint       records  received less the other four; anything but 0 is an error of ours
-- column:  sampled       bigint       records  of the stored, stand for more than one
-- column:  truncated     bigint       records  of the stored, cut by their sender
-- column:  first_at      timestamptz  UTC      earliest record
-- column:  last_at       timestamptz  UTC      latest record

select
    source,
    source_table,
    count(*) as batches,
    cast(sum(received) as bigint) as received,
    cast(sum(stored) as bigint) as stored,
    cast(sum(duplicate) as bigint) as duplicate,
    cast(sum(rejected) as bigint) as rejected,
    cast(sum(excluded) as bigint) as excluded,
    cast(sum(received - stored - duplicate - rejected - excluded) as bigint) as unaccounted,
    cast(sum(sampled) as bigint) as sampled,
    cast(sum(truncated) as bigint) as truncated,
    min(first_at) as first_at,
    max(last_at) as last_at

from ingest_batches

group by
    source,
    source_table

order by source, source_table
