-- name:    soc/rejected_records_by_reason
-- purpose: What could not be used as evidence, and why; nothing is dropped unsaid.
-- readers: SOC, SRE
-- grain:   one row per source, table and reason, most records first
-- brief:   reason, records, read_again_records, first_record_no, source
-- uses:    soc/relations/read_again
-- column:  source              varchar  -        file or stream
-- column:  source_table        varchar  -        null when the table was not recognised
-- column:  reason              varchar  -        why it was set aside
-- column:  records             bigint   records  how many
-- column:  read_again_records  bigint   records  of these, of files that came again whole: no loss
-- column:  distinct_records    bigint   records  of these, with different content
-- column:  rejected_bytes      bigint   bytes    their size
-- column:  first_record_no     bigint   -        lowest position among them
-- column:  example             varchar  -        excerpt of one, secrets masked

select
    rejected.source as source,
    rejected.source_table as source_table,
    rejected.reason as reason,
    count(*) as records,
    cast(count(read_again.source) as bigint) as read_again_records,
    count(distinct record_hash) as distinct_records,
    cast(sum(record_bytes) as bigint) as rejected_bytes,
    min(record_no) as first_record_no,
    min(excerpt) as example

from rejected_records as rejected

left join read_again
    on rejected.batch_id = read_again.batch_id
    and rejected.source = read_again.source

group by
    rejected.source,
    rejected.source_table,
    rejected.reason

order by records desc, source, source_table, reason
