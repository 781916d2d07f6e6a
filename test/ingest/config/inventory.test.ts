import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadInventory } from '../../../ingest/config/inventory.ts';
import { Store } from '../../../store/store.ts';
import { written } from './written-files.ts';

const INVENTORY = `servers:
  - { id: weather-mcp, names: [weather-mcp, weather-tools], hosts: [weather.azurewebsites.net], owner: team-weather@contoso.com, environment: production, region: West Europe, approved: true }
  - { id: billing-mcp, to: 2026-06-01 }
  - { id: billing-mcp, owner: new@contoso.com, from: 2026-06-01 }
agents:
  - { id: 7f1d0c52, names: [helpdesk-bot], owner: it-ops@contoso.com, environment: production, expires_at: 2027-01-31, cost_center: CC-100, tags: { team: it } }
tools:
  - { server: weather-mcp, name: "get_*", class: read_only }
  - { server: billing-mcp, name: delete_invoice, class: destructive, approval: required }
`;

test('every field reaches its table, under the path as the config sees it', async () => {
  using store = await Store.inMemory();
  const folder = written({ 'inv/inventory.yaml': INVENTORY });

  await loadInventory(store, [join(folder, 'inv/inventory.yaml')], folder);

  const origin = 'inv/inventory.yaml';
  expect(await store.rows('from inventory_servers order by position')).toEqual([
    {
      origin,
      position: 0,
      server_id: 'weather-mcp',
      owner: 'team-weather@contoso.com',
      environment: 'production',
      region: 'West Europe',
      approved: true,
      cost_center: null,
      valid_from: null,
      valid_to: null,
    },
    expect.objectContaining({ position: 1, owner: null, valid_to: '2026-06-01T00:00:00Z' }),
    expect.objectContaining({ position: 2, owner: 'new@contoso.com', valid_to: null }),
  ]);
  expect(await store.rows('from inventory_server_names order by server_id, name')).toEqual([
    { origin, server_id: 'billing-mcp', name: 'billing-mcp' },
    { origin, server_id: 'weather-mcp', name: 'weather-mcp' },
    { origin, server_id: 'weather-mcp', name: 'weather-tools' },
    { origin, server_id: 'weather-mcp', name: 'weather.azurewebsites.net' },
  ]);
  expect(await store.rows('from inventory_agents')).toEqual([
    {
      origin,
      position: 0,
      agent_id: '7f1d0c52',
      agent_id_kind: null,
      display_name: 'helpdesk-bot',
      owner: 'it-ops@contoso.com',
      environment: 'production',
      cost_center: 'CC-100',
      approved: null,
      expires_at: '2027-01-31T00:00:00Z',
      tags: '{"team":"it"}',
      valid_from: null,
      valid_to: null,
    },
  ]);
  expect(await store.rows('select name from inventory_agent_names order by name')).toEqual([
    { name: '7f1d0c52' },
    { name: 'helpdesk-bot' },
  ]);
  expect(await store.rows('from inventory_tools order by position')).toEqual([
    expect.objectContaining({ tool_pattern: 'get_*', tool_class: 'read_only', approval: null }),
    expect.objectContaining({
      server_id: 'billing-mcp',
      tool_pattern: 'delete_invoice',
      tool_class: 'destructive',
      approval: 'required',
    }),
  ]);
});

test('loading again replaces what files gave, keeps what telemetry gave, and notes the content', async () => {
  using store = await Store.inMemory();
  const folder = written({
    'a.yaml': 'servers: [{ id: one }, { id: two }]',
    'b.yaml': 'servers: []',
  });
  const paths = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
  await store.run(
    "insert into inventory_agents (origin, position, agent_id) values ('AgentsInfo', 0, 'seen')",
  );
  await loadInventory(store, paths, folder);
  const hashes = () => store.rows('select origin, content_hash from loaded_files order by origin');
  const before = await hashes();

  writeFileSync(join(folder, 'a.yaml'), 'servers: [{ id: three }]');
  await loadInventory(store, paths, folder);

  expect(await store.rows('select server_id from inventory_servers')).toEqual([
    { server_id: 'three' },
  ]);
  expect(await store.rows('select name from inventory_server_names')).toEqual([{ name: 'three' }]);
  expect(await store.rows('select agent_id from inventory_agents')).toEqual([{ agent_id: 'seen' }]);
  const after = await hashes();
  expect(after.map(({ origin }) => origin)).toEqual(['a.yaml', 'b.yaml']);
  expect(after[0]).not.toEqual(before[0]);
  expect(after[1]).toEqual(before[1]);
});

test('a file that the config no longer names is forgotten', async () => {
  using store = await Store.inMemory();
  const folder = written({
    'a.yaml': 'servers: [{ id: one }]',
    'b.yaml': 'servers: [{ id: two }]',
  });
  await loadInventory(store, [join(folder, 'a.yaml')], folder);

  await loadInventory(store, [join(folder, 'b.yaml')], folder);

  expect(await store.rows('select origin, server_id from inventory_servers')).toEqual([
    { origin: 'b.yaml', server_id: 'two' },
  ]);
});

test('without paths nothing changes', async () => {
  using store = await Store.inMemory();
  const folder = written({ 'a.yaml': 'servers: [{ id: one }]' });
  await loadInventory(store, [join(folder, 'a.yaml')], folder);

  await loadInventory(store, [], folder);

  expect(await store.rows('select server_id from inventory_servers')).toEqual([
    { server_id: 'one' },
  ]);
});

const wrong = {
  'a server that is given twice': [
    'servers:\n  - { id: a }\n  - { id: A }\n',
    "3: The server 'A' is already given at FILE:2.",
    "Remove one of the two, or give them 'from' and 'to' that do not overlap.",
  ],
  'an agent that is given twice at one time': [
    'agents:\n  - { id: a, to: 2026-02-01 }\n  - { id: a, from: 2026-01-31T23:59:59Z }\n',
    "3: The agent 'a' is already given at FILE:2.",
    "Remove one of the two, or give them 'from' and 'to' that do not overlap.",
  ],
  'a tool with two classes': [
    'servers: [{ id: a }]\ntools:\n  - { server: a, name: t, class: write }\n  - { server: a, name: t, class: read_only }\n',
    "4: The tool 't' of 'a' is already given at FILE:3.",
    "Remove one of the two, or give them 'from' and 'to' that do not overlap.",
  ],
  'a tool of a server that nobody gave': [
    'servers: [{ id: a }]\ntools:\n  - { server: b, name: t, class: write }\n',
    "3: no server has the id 'b'.",
    "Use one of: a; or add it under 'servers'.",
  ],
  'a class that does not exist': [
    'servers: [{ id: a }]\ntools:\n  - { server: a, name: t, class: harmless }\n',
    "3: 'tools.0.class' must be one of: read_only, write, destructive.",
    'Use one of the values listed.',
  ],
  'an approval that is neither required nor not': [
    'servers: [{ id: a }]\ntools:\n  - { server: a, name: t, class: write, approval: maybe }\n',
    "3: 'tools.0.approval' must be one of: required, not_required.",
    'Use one of the values listed.',
  ],
  'a validity that ends before it starts': [
    'servers:\n  - id: a\n    from: 2026-02-01\n    to: 2026-01-01\n',
    "4: 'to' (2026-01-01) is not after 'from' (2026-02-01).",
    "Write a later 'to' (the first moment at which the row no longer holds), or leave it out.",
  ],
  'a day that does not exist': [
    'agents:\n  - id: a\n    expires_at: 2026-02-30\n',
    "3: 'agents.0.expires_at': '2026-02-30' is not a time.",
    "Write a date ('2026-11-21') or an ISO time ('2026-11-21T10:00:00Z').",
  ],
} as const;

test.each(Object.entries(wrong))('%s is refused with its line', async (_, [text, problem, fix]) => {
  using store = await Store.inMemory();
  const file = join(written({ 'inventory.yaml': text }), 'inventory.yaml');

  await expect(loadInventory(store, [file])).rejects.toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: `${file}:${problem.replace('FILE', file)}`,
      fix,
    }),
  );
  expect(await store.rows('from loaded_files')).toEqual([]);
});

test.each(['', '\n', '# all of it is gone\n'])(
  'a file that lost its rows takes away nothing: %j',
  async (content) => {
    using store = await Store.inMemory();
    const path = join(written({ 'inventory.yaml': INVENTORY }), 'inventory.yaml');
    await loadInventory(store, [path]);
    const before = await store.rows('from inventory_servers order by position');
    writeFileSync(path, content);

    await expect(loadInventory(store, [path])).rejects.toMatchObject({
      code: 'config_invalid',
      message: `'${path}' is empty.`,
      fix: 'Put back what it held, or take it out of the config.',
    });
    expect(await store.rows('from inventory_servers order by position')).toEqual(before);
  },
);
