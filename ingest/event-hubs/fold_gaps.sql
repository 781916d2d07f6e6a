-- name:    ingest/fold_gaps
-- purpose: Brings the gaps of a source under its name in lower case.
-- param:   source  varchar  -  namespace/hub/consumer group, in lower case

update stream_gaps
set source = {source:Varchar}
where lower(source) = {source:Varchar} and source <> {source:Varchar}
