-- name:    ingest/hash_arguments
-- purpose: Gives the rows that came with arguments their keyed hash.

update evidence
set arguments_hash = hashed.arguments_hash

from argument_hashes as hashed

where
    evidence.is_dirty
    and evidence.record_id = hashed.record_id
    and evidence.item_no = hashed.item_no
