-- A value that is there and is none of its type is absent in what is stored. This counts it, so that a batch without any
-- costs nothing more; where there is one, the batch is mapped again with stand_in.sql in its place, which tells where.
create or replace temp macro unreadable(stand_in) as case when nextval('unreadable_so_far') < 0 then stand_in end;
