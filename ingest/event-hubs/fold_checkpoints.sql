-- name:    ingest/fold_checkpoints
-- purpose: Brings the checkpoints of a source under its name in lower case.
-- param:   source  varchar  -  namespace/hub/consumer group, in lower case

update checkpoints
set source = {source:Varchar}
where lower(source) = {source:Varchar} and source <> {source:Varchar}
