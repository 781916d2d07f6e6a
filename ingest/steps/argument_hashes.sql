-- name:    ingest/argument_hashes
-- purpose: Keyed hash of a call's arguments over their canonical form: every leaf with its path, in
--          order of the paths, so that neither key order nor white space matters.
-- grain:   one row per mapped row that came with arguments

with

given as (

    select
        record_id,
        item_no,
        cast(arguments_text as json) as arguments

    from mapped

    where is_dirty and arguments_text is not null and json_valid(arguments_text)

),

leaves as (

    select
        given.record_id,
        given.item_no,
        leaf.fullkey || '=' || leaf.type || ':' || coalesce(cast(leaf.atom as varchar), '') as leaf_text

    from given, json_tree(given.arguments) as leaf

)

select
    record_id,
    item_no,
    'keyed:' || sha256(getvariable('store_key') || chr(31) || string_agg(leaf_text, chr(30) order by leaf_text)) as arguments_hash

from leaves

group by record_id, item_no
