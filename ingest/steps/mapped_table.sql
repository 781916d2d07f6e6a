-- name:    ingest/mapped_table
-- purpose: What the sources gave of the text that waits: the columns of events, and what settling needs
--          beside them. A source gives the columns that its table has.

create or replace temp table mapped as
select
    ---------- given by the sources, not kept
    cast(null as bigint) as record_id,
    cast(null as varchar) as natural_key,
    cast(null as varchar) as reject_reason,
    cast(null as varchar) as exclude_reason,
    cast(null as varchar) as arguments_text,

    ---------- given by identify
    cast(null as boolean) as is_dirty, -- holds a secret, a control character, an excessive text, or arguments

    empty_events.* exclude (batch_id, record_no)

from empty_events

where false
