-- Which hours of a published table have changed, and when last: a version is larger than any before it. Whoever keeps
-- something that rests on an hour keeps its version beside that.
create table changed_hours (
    table_name varchar not null, -- correlated_calls | auth_attempts
    hour_no bigint not null, -- UTC hours since 1970
    version bigint not null
);
insert into changed_hours
select distinct 'correlated_calls', epoch_us("timestamp") // 3600000000, 1 from correlated_calls;
insert into changed_hours
select distinct 'auth_attempts', epoch_us("timestamp") // 3600000000, 1 from auth_attempts;

-- The rows of an objective, counted by 5 minutes, class and value of its first dimension.
create table kept_slice_counts (
    counts_key varchar not null, -- what decides how a row counts: definition, inventory, rules of counting
    hour_no bigint not null,
    piece_at_us bigint not null, -- start of the 5 minutes
    value varchar not null,
    class_no bigint not null,
    plain_class_no bigint not null, -- without exclusions
    assumed bigint not null, -- a bit for each assumption
    piece_rows bigint not null,
    piece_weight bigint not null,
    squared_weight double not null
);

-- The hours that are counted, an hour without rows too, and the version of each hour that they rest on.
create table kept_count_hours (
    counts_key varchar not null,
    hour_no bigint not null,
    version bigint not null
);
