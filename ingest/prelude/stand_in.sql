-- In the place of unreadable.sql: with something instead of each value that cannot be read, the rows and columns that
-- rest on one are those that differ.
create or replace temp macro unreadable(stand_in) as stand_in;
