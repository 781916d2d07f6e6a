-- name:    ingest/clean_texts
-- purpose: What is left of the texts that need cleaning: no secrets, control characters or excessive length, and people
--          and addresses only in the columns that are made for them.
-- grain:   one row per mapped row, its texts by column

with

scrubbed as (

    select
        record_id,
        item_no,
        column_name,
        without_secrets(column_name, given_text) as text

    from dirty_texts

    where column_name <> 'tags'

),

nameless as (

    select
        * replace (without_emails(column_name, text) as text)

    from scrubbed

),

placeless as (

    select
        * replace (without_ips(column_name, text) as text)

    from nameless

)

select
    record_id,
    item_no,
    map_from_entries(list(struct_pack(key := column_name, value := tidy(text)))) as texts

from placeless

group by record_id, item_no
