-- Of the rows that a batch stored: how many columns are as if nothing had been sent, because what was sent was none of
-- its type (a word where a number belongs). The rest of such a row is stored.
create table unreadable_values (
    batch_id bigint not null,
    source varchar not null,
    source_table varchar not null,
    column_name varchar not null,
    unreadable bigint not null
);
