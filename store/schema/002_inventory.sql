-- What is known about servers, agents, tools, prices and gateway settings.
-- Rows from the config carry the file they came from: loading a file replaces what it gave before.

create table inventory_servers (
    origin varchar not null, -- the file, or the telemetry table
    position integer not null, -- order inside the origin; the first match wins
    server_id varchar not null,
    owner varchar,
    environment varchar,
    region varchar,
    approved boolean,
    cost_center varchar,
    valid_from timestamptz,
    valid_to timestamptz
);

-- Every name telemetry may use for a server: its id, ApiId, ServerName, AppRoleName, host.
create table inventory_server_names (
    origin varchar not null,
    server_id varchar not null,
    name varchar not null
);

create table inventory_agents (
    origin varchar not null,
    position integer not null,
    agent_id varchar not null,
    agent_id_kind varchar,
    display_name varchar,
    owner varchar,
    environment varchar,
    cost_center varchar,
    approved boolean,
    expires_at timestamptz,
    tags json,
    valid_from timestamptz,
    valid_to timestamptz
);

create table inventory_agent_names (
    origin varchar not null,
    agent_id varchar not null,
    name varchar not null
);

create table inventory_tools (
    origin varchar not null,
    position integer not null,
    server_id varchar not null,
    tool_pattern varchar not null, -- a name, or a glob
    tool_class varchar not null, -- read_only | write | destructive
    approval varchar, -- required | not_required; NULL: not said
    valid_from timestamptz,
    valid_to timestamptz
);

create table prices (
    origin varchar not null,
    position integer not null,
    meter varchar not null, -- input_tokens | cached_input_tokens | output_tokens | tool_call | fixed
    name varchar,
    model varchar,
    server_id varchar,
    tool_pattern varchar,
    currency varchar not null,
    unit varchar not null, -- as written: '1M tokens'
    unit_price decimal(38, 12) not null, -- for one token, call, month
    allocate_by varchar,
    valid_from timestamptz not null,
    valid_to timestamptz
);

create table loaded_files (
    origin varchar not null,
    kind varchar not null, -- inventory | prices | slos
    content_hash varchar not null
);
