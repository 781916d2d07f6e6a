import { expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import {
  agentReport,
  diagnostic,
  type EventFields,
  gatewayCall,
  gatewayLog,
  ingest,
  mcpLog,
  toolCallRecord,
} from './events.ts';

async function correlated(events: readonly EventFields[], inventory = ''): Promise<Store> {
  const store = await Store.inMemory();
  if (inventory !== '') await store.script(inventory);
  await ingest(store, events);
  await correlate(store);
  return store;
}

const WEATHER = `
  insert into inventory_servers (origin, position, server_id, owner, environment)
  values ('inventory.yaml', 1, 'weather-mcp', 'team-weather', 'production');
  insert into inventory_server_names values
    ('inventory.yaml', 'weather-mcp', 'Weather-API'), ('inventory.yaml', 'weather-mcp', 'weather-role');`;

test('every alias of a server leads to its inventory id, in any case', async () => {
  using store = await correlated(
    [
      gatewayCall({ id: 'g', server_id: 'weather-api', agent_id: 'bot' }),
      toolCallRecord({ id: 'r', server_id: 'WEATHER-ROLE', agent_id: 'bot' }),
    ],
    WEATHER,
  );
  expect(
    await store.rows('select server_id, match_rung, server_owner, environment from tool_calls'),
  ).toEqual([
    {
      server_id: 'weather-mcp',
      match_rung: 'agent',
      server_owner: 'team-weather',
      environment: 'production',
    },
  ]);
  expect(await store.rows('select name, server_id from server_names order by name')).toEqual([
    { name: 'weather-api', server_id: 'weather-mcp' },
    { name: 'weather-mcp', server_id: 'weather-mcp' },
    { name: 'weather-role', server_id: 'weather-mcp' },
  ]);
});

test('a region is the same however its name is written', async () => {
  using store = await correlated(
    [gatewayCall({ id: 'g', server_id: 'weather-api', region: 'West Europe' })],
    `${WEATHER} update inventory_servers set region = 'westeurope';`,
  );

  expect(await store.rows('select gateway_region, server_region from tool_calls')).toEqual([
    { gateway_region: 'westeurope', server_region: 'westeurope' },
  ]);
});

test('a server and an agent that only telemetry names are kept as unknown', async () => {
  using store = await correlated([
    gatewayCall({ id: 'g', server_id: 'shadow', agent_id: 'Rogue', agent_id_source: 'header' }),
  ]);
  expect(await store.rows('select server_id, owner, is_known, origin from servers')).toEqual([
    { server_id: 'shadow', owner: null, is_known: false, origin: 'telemetry' },
  ]);
  expect(await store.rows('select agent_id, owner, is_known from agents')).toEqual([
    { agent_id: 'Rogue', owner: null, is_known: false },
  ]);
});

test('the config beats what telemetry reports about an agent, also when it names no owner', async () => {
  using store = await correlated(
    [agentReport({ id: 'c', tags: { name: 'Bot', owner: 'ann', names: ['app-1'] } })],
    `insert into inventory_agents (origin, position, agent_id, display_name)
       values ('inventory.yaml', 1, 'helpdesk', 'Helpdesk');
     insert into inventory_agent_names values ('inventory.yaml', 'helpdesk', 'APP-1');`,
  );
  expect(await store.rows('select agent_id, display_name, owner, is_known from agents')).toEqual([
    { agent_id: 'helpdesk', display_name: 'Helpdesk', owner: null, is_known: true },
  ]);
  expect(await store.rows('select name, agent_id from agent_names order by name')).toEqual([
    { name: 'app-1', agent_id: 'helpdesk' },
    { name: 'helpdesk', agent_id: 'helpdesk' },
    { name: 'object-1', agent_id: 'helpdesk' },
  ]);
});

test('the latest report of an agent counts, and tables complete one another', async () => {
  using store = await correlated([
    agentReport({
      id: 'c1',
      at: 0,
      tags: { owner: 'left the company', environment: 'production' },
    }),
    agentReport({ id: 'c2', at: 9, tags: { owner: null, environment: 'production' } }),
    agentReport({
      id: 'c3',
      source_table: 'GraphAgentIdentity',
      tags: { name: 'Bot', approved: true, expires_at: '2027-01-31' },
    }),
  ]);
  expect(
    await store.rows(
      'select display_name, owner, environment, approved, expires_at, origin from agents',
    ),
  ).toEqual([
    {
      display_name: 'Bot',
      owner: null,
      environment: 'production',
      approved: true,
      expires_at: '2027-01-31T00:00:00Z',
      origin: 'AgentsInfo',
    },
  ]);
});

test('an agent is found by its subscription or client when nothing better is known', async () => {
  using store = await correlated(
    [
      gatewayCall({ id: 'g1', subscription_id: 'sub-1' }),
      gatewayCall({ id: 'g2', correlation_id: 'r', at: 5 }),
      mcpLog({ id: 'm', correlation_id: 'r', client_name: 'helpdesk-client', at: 5 }),
      gatewayCall({ id: 'g3', subscription_id: 'master', at: 9 }),
    ],
    `insert into inventory_agents (origin, position, agent_id) values ('i', 1, 'helpdesk');
     insert into inventory_agent_names values ('i', 'helpdesk', 'SUB-1'), ('i', 'helpdesk', 'helpdesk-client');`,
  );
  expect(
    await store.rows('select agent_id, agent_id_source from correlated_calls order by "timestamp"'),
  ).toEqual([
    { agent_id: 'helpdesk', agent_id_source: 'subscription' },
    { agent_id: 'helpdesk', agent_id_source: 'client' },
    { agent_id: null, agent_id_source: 'none' },
  ]);
});

test('a tool takes the exact name before a glob, then the first row, else it is unclassified', async () => {
  using store = await correlated(
    ['get_x', 'get_secret', 'delete_all', 'odd'].map((tool_name, at) =>
      gatewayCall({ id: tool_name, at, tool_name, server_id: 'weather-api' }),
    ),
    `${WEATHER}
     insert into inventory_tools (origin, position, server_id, tool_pattern, tool_class, approval) values
       ('i', 1, 'weather-role', 'get_*', 'read_only', null),
       ('i', 2, 'weather-mcp', 'get_secret', 'write', 'required'),
       ('i', 3, '*', 'delete_*', 'destructive', 'required'),
       ('i', 4, '*', '*_x', 'destructive', null);`,
  );
  expect(
    await store.rows('select tool_name, tool_class, approval from tools order by tool_name'),
  ).toEqual([
    { tool_name: 'delete_all', tool_class: 'destructive', approval: 'required' },
    { tool_name: 'get_secret', tool_class: 'write', approval: 'required' },
    { tool_name: 'get_x', tool_class: 'read_only', approval: null },
    { tool_name: 'odd', tool_class: 'unclassified', approval: null },
  ]);
});

const APIM = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim';
const setting = (fields: EventFields): EventFields => diagnostic({ resource_id: APIM, ...fields });

test('the latest diagnostics of a scope count, with whether MCP runs through it', async () => {
  using store = await correlated([
    gatewayCall({ id: 'g', resource_id: APIM }),
    gatewayLog({ id: 'h', server_id: 'orders', mcp_method: null, resource_id: APIM }),
    {
      id: 's',
      source_table: 'ApimApis',
      layer: 'config',
      kind: 'server',
      server_id: 'weather',
      resource_id: `${APIM}/apis/weather`,
    },
    setting({
      id: 'd1',
      at: 0,
      tags: { diagnostic_id: 'azuremonitor', response_body_bytes: 8192 },
    }),
    setting({
      id: 'd2',
      at: 9,
      tags: {
        diagnostic_id: 'azuremonitor',
        response_body_bytes: 0,
        llm_messages: false,
        sampling_percent: 50,
      },
    }),
    setting({
      id: 'd3',
      server_id: 'WEATHER',
      tags: { diagnostic_id: 'applicationinsights', correlation_protocol: 'W3C' },
    }),
    setting({ id: 'd4', server_id: 'orders', tags: { diagnostic_id: 'applicationinsights' } }),
    setting({ id: 'd5', resource_id: '/other', tags: { diagnostic_id: 'azuremonitor' } }),
  ]);
  expect(
    await store.rows(
      `select api_id, diagnostic_id, fronts_mcp, response_body_bytes, sampling_percent, correlation_protocol
       from gateway_settings order by gateway, api_id nulls first`,
    ),
  ).toEqual([
    {
      api_id: null,
      diagnostic_id: 'azuremonitor',
      fronts_mcp: null,
      response_body_bytes: null,
      sampling_percent: null,
      correlation_protocol: null,
    },
    {
      api_id: null,
      diagnostic_id: 'azuremonitor',
      fronts_mcp: true,
      response_body_bytes: 0,
      sampling_percent: 50,
      correlation_protocol: null,
    },
    {
      api_id: 'WEATHER',
      diagnostic_id: 'applicationinsights',
      fronts_mcp: true,
      response_body_bytes: null,
      sampling_percent: null,
      correlation_protocol: 'W3C',
    },
    {
      api_id: 'orders',
      diagnostic_id: 'applicationinsights',
      fronts_mcp: false,
      response_body_bytes: null,
      sampling_percent: null,
      correlation_protocol: null,
    },
  ]);
});

const BOTS = `
  insert into inventory_agents (origin, position, agent_id, owner) values
    ('inventory.yaml', 1, 'bot', 'team-a'), ('inventory.yaml', 2, 'cat', 'team-b');
  insert into inventory_agent_names values ('inventory.yaml', 'bot', 'app-of-bot');`;

type Named = readonly [agent: string | null, kind: string];
const twoSides: Readonly<
  Record<string, readonly [gateway: Named, server: Named, other: string | null]>
> = {
  'the same id in another case': [['bot', 'text'], ['BOT', 'text'], null],
  'two names that the inventory knows for one': [['bot', 'text'], ['app-of-bot', 'guid'], null],
  'two agents of the inventory': [['bot', 'text'], ['cat', 'guid'], 'cat'],
  'one that nobody knows': [['bot', 'text'], ['ghost', 'text'], 'ghost'],
  'ids of two kinds, of which one is not known': [['bot', 'text'], ['ghost', 'guid'], null],
  'an id on one side': [['bot', 'text'], [null, 'text'], null],
};

test.each(Object.entries(twoSides))(
  'two sides of a call name %s',
  async (_, [gateway, server, other]) => {
    const [agent_id, agent_id_kind] = gateway;
    using store = await correlated(
      [
        gatewayCall({
          id: 'g',
          mcp_session_id: 's',
          agent_id,
          agent_id_kind,
          agent_id_source: 'header',
        }),
        toolCallRecord({
          id: 'r',
          mcp_session_id: 's',
          agent_id: server[0],
          agent_id_kind: server[1],
          agent_id_source: 'server',
        }),
      ],
      BOTS,
    );

    expect(await store.rows('select match_rung, agent_id, other_agent_id from tool_calls')).toEqual(
      [{ match_rung: 'session', agent_id: 'bot', other_agent_id: other }],
    );
    const window = { from_at: '2026-11-01', to_at: '2026-12-01' };
    const disputed = await store.query('queries/soc/disputed_agents.sql', window);
    expect(disputed.map((row) => row['other_agent_id'])).toEqual(other === null ? [] : [other]);
  },
);
