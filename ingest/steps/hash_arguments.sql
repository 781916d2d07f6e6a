-- name:    ingest/hash_arguments
-- purpose: Gives the rows that came with arguments their keyed hash.

update mapped
set arguments_hash = hashed.arguments_hash

from argument_hashes as hashed

where
    mapped.is_dirty
    and mapped.record_id = hashed.record_id
    and mapped.item_no = hashed.item_no
