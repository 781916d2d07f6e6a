-- A file that holds old bytes of rows that were changed is to be written anew. Noted in the transaction that changed
-- them, and not among what is copied: the new file in its place is the end of it.
create table pending_rewrites (reason varchar not null);
