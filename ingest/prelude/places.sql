-- A record's id holds its piece, its line in that, and 30 bits for what is inside the line.
create or replace temp macro record_id_of(piece_no, line_no) as ((cast(piece_no as bigint) << 16) + line_no) << 30;
create or replace temp macro piece_of(record_id) as record_id >> 46;
create or replace temp macro line_of(record_id) as (record_id >> 30) & 65535;

-- When the file of a record was last written: the time of resources, which have none of their own. Asked for where it
-- is used, because a join beside the lists of every record costs more than reading them.
create or replace temp macro observed_at_of(record_id) as (
    select origins.observed_at
    from pieces
    inner join origins on pieces.origin = origins.origin
    where pieces.piece_no = piece_of(record_id)
);
