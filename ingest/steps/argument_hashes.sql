-- name:    ingest/argument_hashes
-- purpose: Keyed hash of a call's arguments over their canonical form: every leaf with its path, in
--          order of the paths, so that neither key order nor white space matters. Text that is no JSON has none.
-- grain:   one row per mapped row that came with arguments

with

given as (

    select
        record_id,
        item_no,
        case when json_valid(arguments_text) then cast(arguments_text as json) end as arguments

    from mapped

    where arguments_text is not null

),

leaves as (

    select
        given.record_id,
        given.item_no,
        leaf.fullkey || '=' || leaf.type || ':' || coalesce(cast(leaf.atom as varchar), '') as leaf_text

    from given, json_tree(given.arguments) as leaf

),

canonical as (

    select
        record_id,
        item_no,
        'keyed:' || sha256(getvariable('store_key') || chr(31) || string_agg(leaf_text, chr(30) order by leaf_text)) as arguments_hash

    from leaves

    group by record_id, item_no

)

select
    given.record_id,
    given.item_no,
    canonical.arguments_hash

from given
left join canonical
    on given.record_id = canonical.record_id
    and given.item_no = canonical.item_no
