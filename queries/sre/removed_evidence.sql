-- name:    sre/removed_evidence
-- purpose: Whether a window reaches back into a time of which 'retention apply' has removed the evidence: no number holds it.
-- readers: SRE, SOC, FinOps
-- grain:   one row where it does, no row where not
-- param:   from_at         timestamptz  UTC     window start, inclusive (default: now-30d)
-- column:  removed_to_at   timestamptz  UTC     evidence of before then was removed
-- column:  removed_events  bigint       events  how many of before then, however long ago
-- column:  removed_at      timestamptz  UTC     when it was removed last

select
    -- The gap's end is the last microsecond that is gone.
    x_add_ms(max(to_at), 0.001) as removed_to_at,
    cast(sum(to_sequence_number - from_sequence_number + 1) as bigint) as removed_events,
    max(noticed_at) as removed_at

from stream_gaps

where
    cause = 'removed'
    and to_at >= {from_at:Timestamp}

having count(*) > 0

order by removed_to_at
