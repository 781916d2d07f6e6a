-- name:    ingest/find_redacted
-- purpose: What is about to be taken out of the texts that need cleaning.
-- grain:   one row per value

with

secrets as (

    select
        record_id,
        item_no,
        column_name,
        unnest(regexp_extract_all(given_text, getvariable('secret_pattern'))) as found

    from dirty_texts

    where has_secret(given_text)

),

scrubbed_texts as (

    select
        record_id,
        item_no,
        column_name,
        scrub(given_text) as scrubbed

    from dirty_texts

    where not is_kept_column(column_name) and not is_personal_column(column_name)

),

people as (

    select
        record_id,
        item_no,
        column_name,
        unnest(regexp_extract_all(scrubbed, getvariable('email_pattern'))) as found

    from scrubbed_texts

),

addresses as (

    select
        record_id,
        item_no,
        column_name,
        unnest(ips_in(scrubbed)) as found

    from scrubbed_texts

    where not is_host_column(column_name)

)

select record_id, item_no, column_name, secret_kind(found) as kind

from secrets

where not is_kept_column(column_name) or is_credential(found)

union all

select record_id, item_no, column_name, 'email' as kind from people

union all

select record_id, item_no, column_name, 'ip_address' as kind from addresses
