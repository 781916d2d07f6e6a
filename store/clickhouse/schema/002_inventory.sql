-- What the config says of servers, agents, tools and prices; replaced as a whole whenever it is loaded.

create table if not exists inventory_servers_stored (
    generation UInt64,
    origin String,
    position Int32,
    server_id String,
    owner Nullable(String),
    environment Nullable(String),
    region Nullable(String),
    approved Nullable(Bool),
    cost_center Nullable(String),
    valid_from Nullable(DateTime64(6, 'UTC')),
    valid_to Nullable(DateTime64(6, 'UTC'))
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view inventory_servers as
select
    origin,
    position,
    server_id,
    owner,
    environment,
    region,
    approved,
    cost_center,
    valid_from,
    valid_to
from inventory_servers_stored
where generation = (select max(generation) from generations where table_name = 'inventory_servers');

create table if not exists inventory_server_names_stored (
    generation UInt64,
    origin String,
    server_id String,
    name String
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view inventory_server_names as
select
    origin,
    server_id,
    name
from inventory_server_names_stored
where generation = (select max(generation) from generations where table_name = 'inventory_server_names');

create table if not exists inventory_agents_stored (
    generation UInt64,
    origin String,
    position Int32,
    agent_id String,
    agent_id_kind Nullable(String),
    display_name Nullable(String),
    owner Nullable(String),
    environment Nullable(String),
    cost_center Nullable(String),
    approved Nullable(Bool),
    expires_at Nullable(DateTime64(6, 'UTC')),
    tags Nullable(String),
    valid_from Nullable(DateTime64(6, 'UTC')),
    valid_to Nullable(DateTime64(6, 'UTC'))
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view inventory_agents as
select
    origin,
    position,
    agent_id,
    agent_id_kind,
    display_name,
    owner,
    environment,
    cost_center,
    approved,
    expires_at,
    tags,
    valid_from,
    valid_to
from inventory_agents_stored
where generation = (select max(generation) from generations where table_name = 'inventory_agents');

create table if not exists inventory_agent_names_stored (
    generation UInt64,
    origin String,
    agent_id String,
    name String
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view inventory_agent_names as
select
    origin,
    agent_id,
    name
from inventory_agent_names_stored
where generation = (select max(generation) from generations where table_name = 'inventory_agent_names');

create table if not exists inventory_tools_stored (
    generation UInt64,
    origin String,
    position Int32,
    server_id String,
    tool_pattern String,
    tool_class String,
    approval Nullable(String),
    valid_from Nullable(DateTime64(6, 'UTC')),
    valid_to Nullable(DateTime64(6, 'UTC'))
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view inventory_tools as
select
    origin,
    position,
    server_id,
    tool_pattern,
    tool_class,
    approval,
    valid_from,
    valid_to
from inventory_tools_stored
where generation = (select max(generation) from generations where table_name = 'inventory_tools');

create table if not exists prices_stored (
    generation UInt64,
    origin String,
    position Int32,
    meter String,
    name Nullable(String),
    model Nullable(String),
    server_id Nullable(String),
    tool_pattern Nullable(String),
    currency String,
    unit String,
    unit_price Decimal(38, 12),
    allocate_by Nullable(String),
    valid_from DateTime64(6, 'UTC'),
    valid_to Nullable(DateTime64(6, 'UTC'))
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view prices as
select
    origin,
    position,
    meter,
    name,
    model,
    server_id,
    tool_pattern,
    currency,
    unit,
    unit_price,
    allocate_by,
    valid_from,
    valid_to
from prices_stored
where generation = (select max(generation) from generations where table_name = 'prices');

create table if not exists loaded_files_stored (
    generation UInt64,
    origin String,
    kind String,
    content_hash String
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view loaded_files as
select
    origin,
    kind,
    content_hash
from loaded_files_stored
where generation = (select max(generation) from generations where table_name = 'loaded_files');
