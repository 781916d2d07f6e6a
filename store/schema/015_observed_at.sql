-- Nothing that a batch brought is of a later time, whatever it is dated; unknown of batches before. A table of its own that
-- takes the place of the other: DuckDB cannot read back a log that alters a table with a `check` (internal error, 1.5.5),
-- and a kill before the next checkpoint leaves that log.
create table batches_observed (
    batch_id bigint not null,
    source varchar not null,
    source_table varchar not null, -- '' for what could not be recognised
    received bigint not null,
    stored bigint not null,
    duplicate bigint not null,
    rejected bigint not null,
    excluded bigint not null,
    sampled bigint not null, -- of the stored, how many stand for more than one
    truncated bigint not null, -- of the stored, how many were cut by their sender
    first_at timestamptz,
    last_at timestamptz,
    observed_at timestamptz, -- when its file was last changed, or its last event was enqueued
    check (received = stored + duplicate + rejected + excluded)
);

insert into batches_observed by name from ingest_batches;

drop table ingest_batches;

alter table batches_observed rename to ingest_batches;
