-- name:    ingest/hash_arguments
-- purpose: Gives the rows that came with arguments their keyed hash, and forgets the arguments. Their content hash is
--          made anew afterwards, see rehash.

update mapped
set
    arguments_hash = coalesce(hashed.arguments_hash, mapped.arguments_hash),
    content_hash = 0,
    arguments_text = null

from argument_hashes as hashed

where
    mapped.record_id = hashed.record_id
    and mapped.item_no = hashed.item_no
    and mapped.arguments_text is not null
