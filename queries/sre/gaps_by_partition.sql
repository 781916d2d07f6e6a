-- name:    sre/gaps_by_partition
-- purpose: Events that were in a stream and never will be here; no zero can be proven across them.
-- readers: SRE, SOC
-- grain:   one row per gap
-- brief:   source, partition_id, cause, missing_events, from_at, to_at
-- column:  source                varchar      -       namespace/hub/consumer group
-- column:  partition_id          varchar      -       partition of the hub
-- column:  cause                 varchar      -       retention: read too late; recreated: the hub was made anew; loss: not delivered; removed: by 'retention apply'
-- column:  missing_events        bigint       events  how many; null when nobody can know
-- column:  from_sequence_number  bigint       -       the first that is missing
-- column:  to_sequence_number    bigint       -       the last; null when nobody can know
-- column:  from_at               timestamptz  UTC     when the event before the gap was enqueued; null when unknown
-- column:  to_at                 timestamptz  UTC     when the event after it was, or when the gap was noticed
-- column:  noticed_at            timestamptz  UTC     when it was noticed

select
    source,
    partition_id,
    cause,
    to_sequence_number - from_sequence_number + 1 as missing_events,
    from_sequence_number,
    to_sequence_number,
    from_at,
    to_at,
    noticed_at

from stream_gaps

order by noticed_at desc, source, partition_id, from_sequence_number, cause, to_at
