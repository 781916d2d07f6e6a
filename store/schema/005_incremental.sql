-- What the last correlation rested on, so that the next one looks again only at what new evidence can
-- touch. All of it is written in the transaction of the calls, and all of it a rebuild makes anew.

-- One row: how far correlation has come, and with which settings and rules.
create table correlation_state (
    batch_id bigint not null, -- the newest batch it has seen
    events bigint not null, -- how many events it has seen; fewer now means that some were taken away
    fingerprint varchar not null -- settings and rules; others need a rebuild
);

-- What each correlation that found something new did. No times: the same ingests give the same rows.
create table correlation_runs (
    run_no bigint not null,
    is_rebuild boolean not null,
    new_events bigint not null, -- not seen before, or seen in a worse copy
    reopened_events bigint not null, -- looked at again because of them, themselves included
    calls bigint not null, -- after the run
    revised_calls bigint not null -- published before and different now, or another call's by now
);

-- How better copies were tied to other evidence before they replaced what correlation had seen.
create table replaced_events (
    event_id uuid not null,
    batch_id bigint not null, -- of the copy that is gone
    correlation_id varchar,
    operation_id varchar,
    linked_operation_id varchar,
    mcp_session_id varchar,
    approval_id varchar
);

-- How far apart the two starts of a call are, where no clock was needed to find it. The offset of a
-- server's clock in an hour is the median of these.
create table kept_differences (
    server_key uuid not null,
    offset_server_id varchar not null,
    hour_no bigint not null,
    span_us double, -- by what joined the two: their spans,
    trace_us double, -- a trace that holds no other call,
    session_us double -- or a session in which the tool was called once
);

create table kept_offsets (
    offset_server_id varchar not null,
    hour_no bigint not null, -- UTC hours since 1970; -1: any other hour
    offset_us double not null
);

-- The server calls whose match rests on the clock of their server in their hour.
create table kept_clock_users (
    server_key uuid not null,
    offset_server_id varchar not null,
    hour_no bigint not null
);

-- How evenly requests reach a server, and the calls whose confidence rests on that.
create table kept_spreads (offset_server_id varchar not null, spread_us double not null);

create table kept_contested (server_key uuid not null, offset_server_id varchar not null);

-- Calls that have to do with one another by their times alone: those that were still open when only agent,
-- server and tool were left to join them, and those that may be rounds of one call without a trace.
create table kept_lines (
    match_key uuid not null, -- of what the calls of a line have in common
    id uuid not null,
    at_us double not null, -- on the gateway's clock
    reach_us double not null, -- so much later another call may still concern it
    is_decisive boolean not null -- a line without any decides nothing
);

-- APIs that were only ever used for models, by the gateway's name for them.
create table kept_model_apis (server_id varchar not null);

-- Traces and sessions that come together: a short way to follow what is tied to what. A tie that no event has
-- any more only re-opens too much.
create table kept_ties (
    hour_no bigint not null, -- UTC hours since 1970
    operation_id varchar not null,
    linked_operation_id varchar,
    mcp_session_id varchar
);
