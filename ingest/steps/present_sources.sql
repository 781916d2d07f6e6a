-- name:    ingest/present_sources
-- purpose: Which sources have records in the batch.
-- grain:   one row per source

select named_source as source from flat where named_source is not null

union

select fields_source from recognised where fields_source is not null

order by source
