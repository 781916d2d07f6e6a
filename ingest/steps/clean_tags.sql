-- name:    ingest/clean_tags
-- purpose: Cleans the tags of the rows that need cleaning. Only objects are tags.

update mapped
set tags = case when json_type(tags) = 'OBJECT' then clean_tags(tags) end

where is_dirty and tags is not null
