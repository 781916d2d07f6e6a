-- What an id of a record says about where it came from; see ingest/steps/lines.sql.

create or replace temp macro piece_of(record_id) as record_id >> 46;
create or replace temp macro line_of(record_id) as (record_id >> 30) & 65535;
