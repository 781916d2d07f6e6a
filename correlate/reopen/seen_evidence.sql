-- name:    correlate/reopen/seen_evidence
-- purpose: What there is now of the evidence that the last correlation saw, and what came since.
-- readers: correlate/state.ts
-- grain:   one row
-- param:   batch_id  bigint  -       the newest batch that was seen
-- column:  seen      bigint  events  still there, as they were seen
-- column:  came      bigint  events  new, or better copies
-- column:  replaced  bigint  events  were seen in a copy that a better one has replaced
-- column:  batch_id  bigint  -       the newest batch there is

select
    coalesce(countIf(events.batch_id <= {batch_id:Bigint}), 0) as seen,
    coalesce(countIf(events.batch_id > {batch_id:Bigint}), 0) as came,
    (select count(*) from replaced_events where batch_id <= {batch_id:Bigint}) as replaced,
    coalesce(max(events.batch_id), 0) as batch_id
from events
