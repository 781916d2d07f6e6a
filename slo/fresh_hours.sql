-- name:    slo/fresh_hours
-- purpose: The hours whose kept counts still are what counting would give, and the version of every hour.
-- readers: SRE
-- grain:   one row per hour that is kept or has changed
-- param:   counts_key  varchar  -      what decides how a row counts
-- param:   table_name  varchar  -      the table whose rows are counted
-- param:   reach       bigint   hours  how far around an hour rows decide how its rows count
-- column:  hour_no     bigint   -      UTC hours since 1970
-- column:  version     bigint   -      of the hour as it is; 0: no row was ever in it
-- column:  is_fresh    boolean  -      whether what is kept rests on that version

with

changed as (

    select hour_no, version
    from changed_hours
    where table_name = {table_name:Varchar}

    union all

    select hour_no - 1 as hour_no, version
    from changed_hours
    where table_name = {table_name:Varchar} and {reach:Bigint} > 0

    union all

    select hour_no + 1 as hour_no, version
    from changed_hours
    where table_name = {table_name:Varchar} and {reach:Bigint} > 0

),

versions as (

    select hour_no, max(version) as version
    from changed
    group by hour_no

),

kept as (

    select hour_no, version
    from kept_count_hours
    where counts_key = {counts_key:Varchar}

),

hours as (

    select distinct hour_no
    from (
        select hour_no from versions
        union all
        select hour_no from kept
    ) as known

)

select
    hours.hour_no,
    coalesce(versions.version, 0) as version,
    coalesce(kept.version = coalesce(versions.version, 0), false) as is_fresh

from hours

left join versions on hours.hour_no = versions.hour_no
left join kept on hours.hour_no = kept.hour_no

order by hour_no
