-- name:    ingest/drop_older_checkpoints
-- purpose: Leaves one checkpoint of each partition whose source is written in several ways.
-- param:   source  varchar  -  namespace/hub/consumer group, in lower case

delete from checkpoints
where
    lower(source) = {source:Varchar}
    and rowid not in (
        select arg_max(rowid, (coalesce(updated_at, timestamptz '1970-01-01 00:00:00+00'), -rowid))
        from checkpoints
        where lower(source) = {source:Varchar}
        group by partition_id
    )
