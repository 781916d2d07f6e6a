-- name:    ingest/find_broken_bags
-- purpose: Objects of the records that were just mapped which could not be read, so that all of their fields are absent: named by the
--          field of the record, or of an object within it.
-- grain:   one row per record and field
-- column:  record_id    bigint   -  record
-- column:  column_name  varchar  -  field that holds the text of the object
-- column:  is_decisive  boolean  -  whether its fields may say that the record is evidence, as headers do not

create or replace temp table broken_bags as

with

levels as (

    select record_id, k, v
    from records

    union all

    -- One step within: what a bag, a span or a line of a log holds.
    select
        record_id,
        lower_all(map_keys(inner_bag)) as k,
        map_values(inner_bag) as v

    from (
        select
            record_id,
            unnest([
                bag(pick(k, v, 'properties')),
                bag(pick(k, v, 'customdimensions')),
                bag(pick(k, v, 'otlp_span')),
                bag(pick(k, v, 'log')),
                bag(pick(k, v, 'log_s')),
                bag(pick(k, v, 'resultdescription'))
            ]) as inner_bag
        from records
    ) as opened

    where inner_bag is not null

),

named as (

    select
        record_id,
        k,
        v,
        unnest(['properties', 'customdimensions', 'custom_dimensions', 'additionalfields', 'attributes', 'resourceattributes', 'requestheaders', 'responseheaders', 'backendrequestheaders', 'log', 'log_s', 'resultdescription', 'message']) as column_name

    from levels

)

select distinct
    record_id,
    column_name,
    not contains(column_name, 'headers') as is_decisive

from named

where
    (is_broken_bag(pick(k, v, column_name)) or (contains(column_name, 'headers') and is_header_list(pick(k, v, column_name))))
    -- A line of a log may begin with a brace and be no object.
    and (
        column_name not in ('log', 'log_s', 'resultdescription', 'message')
        or contains(pick(k, v, column_name), 'mcp.')
    )
