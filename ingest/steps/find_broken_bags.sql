-- name:    ingest/find_broken_bags
-- purpose: Objects of the records that were just mapped which could not be read, so that all of their fields are absent: named by the field of the record.
-- grain:   one row per record and field

with

broken as (

    select
        record_id,
        unnest(
            list_filter(
                ['properties', 'customdimensions', 'additionalfields', 'attributes', 'resourceattributes', 'requestheaders', 'responseheaders', 'backendrequestheaders'],
                lambda each_name: is_broken_bag(pick(k, v, each_name))
            )
        ) as column_name

    from records

)

select
    broken.record_id,
    mapped.item_no,
    broken.column_name

from broken
inner join mapped on broken.record_id = mapped.record_id

where
    mapped.item_no = 0
    and mapped.reject_reason is null
    and mapped.exclude_reason is null
