-- Nothing that a batch brought is of a later time, whatever it is dated; unknown of batches before.
alter table ingest_batches add column observed_at timestamptz; -- when its file was last changed, or its last event was enqueued
