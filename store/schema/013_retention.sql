-- What was removed because it was older than it is to be kept, and how it is kept from coming back.

-- The books: of each removal one row per table. The newest `kept_from` of a class holds: what is older is not stored again.
create table retention_runs (
    class varchar not null, -- evidence | verdicts
    kept_from timestamptz not null, -- a UTC midnight; what was before is gone
    table_name varchar not null,
    removed bigint not null, -- rows
    applied_at timestamptz not null
);

-- Evidence of a day that is kept, of a call that began before it and went with it.
create table expired_events (
    event_id uuid not null,
    occurred_at timestamptz not null
);

-- Records that came after they were too old to be kept; they are among the excluded of their batch.
create table expired_records (
    batch_id bigint not null,
    source varchar not null,
    source_table varchar not null,
    expired bigint not null
);
