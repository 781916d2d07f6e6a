-- name:    ingest/pieces_table
-- purpose: Where the pieces of text since the last commit came from. Piece and line are in a record's id,
--          so nothing else has to carry them along.

create or replace temp table pieces (piece_no bigint, origin bigint, first_no bigint)
