-- name:    sre/retention_runs
-- purpose: What was removed because it was older than it is to be kept: the books of `retention apply`.
-- readers: SRE, SOC
-- grain:   one row per class, first day kept and table
-- column:  class       varchar      -     evidence or verdicts
-- column:  kept_from   timestamptz  UTC   what was before is gone, and is not stored again
-- column:  table_name  varchar      -     table that rows were removed from
-- column:  removed     bigint       rows  how many
-- column:  applied_at  timestamptz  UTC   when

select
    class,
    kept_from,
    table_name,
    removed,
    applied_at

from retention_runs

order by kept_from desc, class, table_name, applied_at
