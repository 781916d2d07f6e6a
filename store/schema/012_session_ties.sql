-- Which sessions tie evidence to one another. Spans prove most calls: what else is in their session changes nothing of
-- them, so that only these do.
create table kept_session_ties (
    id uuid not null, -- of a call that spans do not prove, or of what makes the session whole
    mcp_session_id varchar not null,
    is_whole boolean not null -- all evidence of the session is tied, not only such calls
);
