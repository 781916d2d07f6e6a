import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { Lease } from '../../store/lease.ts';
import { Store } from '../../store/store.ts';
import { ask, temporaryFolder } from '../cli/fleet.ts';
import { type DoctorAnswer, doctor, NOW, type Told } from './estate-run.ts';

const AZURE = [
  ...['network', 'clock', 'sign-in', 'tables', 'event-hubs', 'gateways', 'gateway-categories'],
  ...['gateway-bodies', 'gateway-policies', 'gateway-protocol', 'gateway-headers'],
  ...['gateway-sampling', 'insights', 'workspaces'],
];
const EVIDENCE = [
  ...['rows', 'dates', 'books', 'matches', 'trace-ids', 'headers', 'bodies', 'sampling', 'clocks'],
];

/** Which of the checks say this. */
function saying(rows: readonly Told[], found: string): string[] {
  return rows.filter((row) => row.found === found).map(({ check }) => check);
}

test('an empty folder is no failure: what is there is looked at, the rest is skipped with its reason', async () => {
  const { code, rows, of, err } = await doctor(undefined);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(of('config')).toMatchObject([
    { state: 'warning', found: "there is no 'mcp-witness.yaml' here, and no --config" },
  ]);
  expect(saying(rows, 'there is no config')).toEqual(['secrets', 'sources', 'inventory']);
  expect(saying(rows, 'there is no database yet')).toEqual(['writer', 'key', ...EVIDENCE]);
  expect(saying(rows, 'the config names nothing in Azure')).toEqual(AZURE);
  expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
});

test('the node, the engine and the room there is are told', async () => {
  const { of } = await doctor(undefined);

  expect(of('node')[0]?.found).toMatch(/^mcp-witness \d+\.\d+\.\d+ on Node 24\.21\.0, /);
  expect(of('duckdb')).toMatchObject([{ state: 'ok', found: 'DuckDB 1.5.5' }]);
  expect(of('disk')[0]?.found).toMatch(/ (KB|MB|GB) free beside the database; .* for temporary/);
  expect(of('memory')[0]?.found).toMatch(/ of memory$/);
});

test('an old Node is told, where the program has come so far', async () => {
  const answer = await ask(['doctor', '--format', 'json', '--db', join(temporaryFolder(), 'w')], {
    node: '20.20.2',
  });
  const { rows } = JSON.parse(answer.out) as { rows: Told[] };

  expect(rows[0]).toMatchObject({
    check: 'node',
    state: 'failed',
    found: expect.stringMatching(/on Node 20\.20\.2, .*; 22\.12\.0 or later is needed$/),
  });
  expect(answer.code).toBe(2);
});

const configs: Readonly<Record<string, readonly [yaml: string, found: string, mend: string]>> = {
  'an unknown key': [
    'sorces: []\n',
    "/mcp-witness.yaml:1: the document has an unknown field 'sorces'",
    'Remove it, or use one of: azure, correlation, inventory, prices, redaction, retention, slos, sources, store.',
  ],
  'no YAML': [
    'store: { path: [\n',
    '/mcp-witness.yaml:2:1: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    'Correct the line; indentation and quotes are the usual causes.',
  ],
  'a file that is not there': [
    'slos: [./gone.yaml]\n',
    "/mcp-witness.yaml:1: no file is at '/gone.yaml'",
    "Correct the path; it is relative to the config file's folder.",
  ],
};

test.each(Object.entries(configs))(
  'a config with %s fails, and the others go on',
  async (_, row) => {
    const [yaml, found, mend] = row;

    const { code, rows, of } = await doctor(yaml);

    expect(of('config')).toMatchObject([{ state: 'failed', found, mend }]);
    expect(of('duckdb')).toMatchObject([{ state: 'ok' }]);
    expect(saying(rows, 'the config cannot be used; see config')).toEqual(
      expect.arrayContaining(['sources', 'inventory', 'slos', 'network', 'gateways']),
    );
    expect(rows.filter(({ state }) => state === 'failed')).toHaveLength(1);
    expect(code).toBe(2);
  },
);

test('a server of ClickHouse that cannot be reached fails, and the evidence is skipped', async () => {
  const { of, rows, code } = await onServer('http://127.0.0.1:1');

  expect(of('database')).toMatchObject([
    {
      state: 'failed',
      found: expect.stringMatching(/^ClickHouse at http:\/\/127\.0\.0\.1:1 cannot be reached: /),
      mend: expect.stringContaining("Check 'store.url'"),
    },
  ]);
  expect(saying(rows, 'the database cannot be opened; see database')).toEqual([
    ...['writer', 'key'],
    ...EVIDENCE,
  ]);
  expect(code).toBe(4);
});

const logins: Readonly<Record<string, readonly [env: object, state: string, found: string]>> = {
  both: [
    { CLICKHOUSE_USER: 'u', CLICKHOUSE_PASSWORD: 'p' },
    'ok',
    'CLICKHOUSE_USER and CLICKHOUSE_PASSWORD are set',
  ],
  neither: [{}, 'ok', "no CLICKHOUSE_USER: it is the server's 'default', without a password"],
  'a user alone': [
    { CLICKHOUSE_USER: 'u' },
    'warning',
    'CLICKHOUSE_PASSWORD is not set, and the other of CLICKHOUSE_USER and CLICKHOUSE_PASSWORD is',
  ],
};

test.each(Object.entries(logins))('of a login in the environment, %s', async (_, row) => {
  const [env, state, found] = row;

  const { of } = await doctor(
    'store: { engine: clickhouse, url: "http://127.0.0.1:1", database: witness }\n',
    { args: ['--offline'], env: { MCP_WITNESS_DB: '', ...env } },
  );

  expect(of('secrets')).toMatchObject([{ state, found }]);
});

test('a server of ClickHouse that does not answer is waited for as long as --timeout says', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;

  const { of, code } = await onServer(`http://127.0.0.1:${port}`, '--timeout', '1s');

  expect(of('database')).toMatchObject([
    { state: 'failed', found: expect.stringMatching(/cannot be reached: Timeout error/) },
  ]);
  expect(code).toBe(4);
});

const onServer = (url: string, ...args: string[]): Promise<DoctorAnswer> =>
  doctor(`store: { engine: clickhouse, url: "${url}", database: witness }\n`, {
    args: ['--offline', ...args],
    env: { MCP_WITNESS_DB: '' },
  });

test('a table that nobody reads, and paths that match nothing, are told of their source', async () => {
  const { of, code } = await doctor(
    `sources:
  - { name: exports, kind: files, paths: ["./telemetry/*.json"] }
  - { name: logs, kind: log-analytics, workspace_id: a-b, tables: [AppRequest, AppTraces] }
  - { name: stream, kind: event-hubs, namespace: n.invalid, hub: h, mapping: ./mine.sql }
`,
    { args: ['--offline'] },
  );

  expect(of('sources')).toMatchObject([
    {
      state: 'failed',
      found: "The source 'logs' names tables that are not read: AppRequest",
      mend: expect.stringMatching(/^Use some of: .*AppRequests/),
    },
    { state: 'failed', found: expect.stringContaining("Cannot read the source file '/mine.sql'") },
    { state: 'warning', found: "exports: No file is at '/telemetry/*.json'" },
  ]);
  expect(code).toBe(2);
});

test('--offline asks nothing of what the config names in Azure, and says so', async () => {
  const { rows, code } = await doctor(
    `azure: { api_management: [/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a], endpoint: "https://127.0.0.1:1" }
sources: [{ name: logs, kind: log-analytics, workspace_id: a-b, tables: [AppTraces], endpoint: "https://127.0.0.1:1/v1" }]\n`,
    { args: ['--offline'] },
  );

  const told = rows.filter(({ area }) => area === 'azure');
  expect(told.map(({ state, found }) => ({ state, found }))).toEqual(
    AZURE.map(() => ({ state: 'skipped', found: '--offline' })),
  );
  expect(code).toBe(0);
});

test('without a network it ends, and what was skipped has its reason', async () => {
  const { of, rows, code } = await doctor(
    `azure: { api_management: [/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a], endpoint: "https://127.0.0.1:1" }
sources: [{ name: logs, kind: log-analytics, workspace_id: a-b, tables: [AppTraces], endpoint: "https://127.0.0.1:1/v1" }]\n`,
  );

  expect(of('network')).toMatchObject([
    {
      state: 'failed',
      found: expect.stringMatching(/^127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/),
    },
  ]);
  expect(of('sign-in')).toMatchObject([
    { state: 'skipped', found: 'nothing of Azure can be reached; see network' },
  ]);
  expect(of('tables')).toMatchObject([
    { state: 'skipped', found: 'logs: 127.0.0.1:1 cannot be reached; see network' },
  ]);
  expect(saying(rows, '127.0.0.1:1 cannot be reached; see network')).toEqual(
    AZURE.filter((name) => name.startsWith('gateway') || name === 'workspaces'),
  );
  expect(code).toBe(4);
});

/** Runs over a database that something was done to. */
async function over(
  make: (path: string) => unknown,
  options: Parameters<typeof doctor>[1] = {},
): Promise<DoctorAnswer & { readonly path: string }> {
  const path = join(temporaryFolder(), 'w.duckdb');
  await make(path);
  const { args = [] } = options;
  const answer = await doctor('', { ...options, args: [...args, '--db', path] });
  const plain = JSON.parse(JSON.stringify(answer.rows).replaceAll(path, 'DB')) as Told[];
  return {
    ...answer,
    path,
    rows: plain,
    of: (name) => plain.filter(({ check }) => check === name),
  };
}

async function made(path: string, work: (store: Store) => unknown = () => undefined) {
  using store = await Store.openToWrite(path);
  await work(store);
}

describe('the database', () => {
  test('of a newer program is told, and left as it is', async () => {
    const { of, rows, code } = await over((path) =>
      made(path, (store) => store.script('insert into schema_versions values (999)')),
    );

    expect(of('database')).toMatchObject([
      {
        state: 'failed',
        found: expect.stringMatching(
          /^The database 'DB' has schema version 999; this .* knows \d+$/,
        ),
        mend: 'Use the newer mcp-witness that wrote it, or ingest into another file with --db.',
      },
    ]);
    expect(saying(rows, 'the database cannot be opened; see database')).toEqual(
      expect.arrayContaining(['writer', 'key', ...EVIDENCE]),
    );
    expect(code).toBe(2);
  });

  test('of an older program is not asked what it cannot answer', async () => {
    const { of, rows, code } = await over((path) =>
      made(path, (store) => store.script('delete from schema_versions where version > 5')),
    );

    expect(of('database')).toMatchObject([
      {
        state: 'warning',
        found: expect.stringMatching(/, schema 5, where this program knows \d+$/),
        mend: expect.stringContaining('mcp-witness correlate'),
      },
    ]);
    expect(saying(rows, 'the database has an older schema; see database')).toEqual(
      expect.arrayContaining(EVIDENCE),
    );
    expect(code).toBe(0);
  });

  test('of somebody else, and a file that is none, are told', async () => {
    const foreign = await over(async (path) => {
      using store = await Store.inMemory();
      await store.script(
        `attach '${path}' as other; create table other.stolen (a int); detach other`,
      );
    });
    const none = await over((path) => writeFileSync(path, 'notes'));

    expect(foreign.of('database')).toMatchObject([
      { state: 'failed', found: "'DB' is a database of something else: it has a table 'stolen'" },
    ]);
    expect(none.of('database')).toMatchObject([
      { state: 'failed', found: "'DB' is not a DuckDB database" },
    ]);
    expect([foreign.code, none.code]).toEqual([2, 2]);
  });

  test('that another process holds is told with who and since when', async () => {
    const path = join(temporaryFolder(), 'w.duckdb');
    await made(path);
    const holder = fork(packagePath('test/doctor/holder.ts'), [path]);
    try {
      await once(holder, 'message');
      writeFileSync(
        `${path}.lease`,
        JSON.stringify({
          host: 'here',
          pid: holder.pid,
          purpose: 'ingest files',
          since: '2026-11-20T00:00:00.000Z',
        }),
      );
      const { of, rows, code } = await doctor('', { args: ['--db', path] });

      expect(of('database')).toMatchObject([
        {
          state: 'warning',
          found: expect.stringMatching(
            /^in use for the moment: 'ingest files', process \d+ on here, adds to the database .* since 2026-11-20T00:00:00\.000Z$/,
          ),
        },
      ]);
      expect(saying(rows, 'the database cannot be opened; see database')).toContain('rows');
      expect(code).toBe(0);
    } finally {
      const ended = once(holder, 'exit');
      holder.disconnect();
      await ended;
    }
  });

  test('that is damaged is not taken for one that is in use', async () => {
    const { of, code } = await over(async (path) => {
      await made(path);
      const bytes = readFileSync(path);
      // Behind the three headers, in the first blocks, whose checksums tell.
      bytes.fill(0xff, 3 * 4_096 + 64, 3 * 4_096 + 20_000);
      writeFileSync(path, bytes);
    });

    expect(of('database')).toMatchObject([
      {
        state: 'failed',
        found: expect.stringMatching(/^Cannot open the database 'DB': .*Corrupt database file/),
      },
    ]);
    expect(code).toBe(2);
  });

  test('that may not be read says so', async () => {
    const { of, code } = await over(async (path) => {
      await made(path);
      rmSync(path);
      mkdirSync(path);
    });

    expect(of('database')).toMatchObject([
      { state: 'failed', found: "'DB' is not a DuckDB database" },
    ]);
    expect(code).toBe(2);
  });
});

describe('who writes', () => {
  const take = (path: string, isRunning: boolean) =>
    made(path, (store) =>
      Lease.take(store, 'run --watch', { pid: 4711, isRunning: () => isRunning }, NOW),
    );

  test('is told while it is there', async () => {
    const { of } = await over((path) => take(path, true), { now: new Date(NOW.getTime() + 5_000) });

    expect(of('writer')).toMatchObject([
      {
        state: 'ok',
        found: `'run --watch', process 4711 on ${hostname()}, adds to it since 2026-11-20 00:10 UTC (5 s)`,
      },
    ]);
  });

  test('is told when it went away without a word', async () => {
    const { of, code } = await over((path) => take(path, true), {
      now: new Date(NOW.getTime() + 600_000),
    });

    expect(of('writer')).toMatchObject([
      {
        state: 'warning',
        found: `'run --watch', process 4711 on ${hostname()}, ended without giving it back; it began 2026-11-20 00:10 UTC`,
        mend: expect.stringContaining('mcp-witness run'),
      },
    ]);
    expect(code).toBe(0);
  });
});

describe('the key', () => {
  const ingested = (store: Store) =>
    store.script(
      "insert into ingest_batches values (1, 'f', '', 0, 0, 0, 0, 0, 0, 0, null, null, null)",
    );

  test('of a database that nothing is in is not missed', async () => {
    const { of, code } = await over((path) => made(path));

    expect(of('key')).toMatchObject([
      { state: 'skipped', found: 'nothing is stored that a key was needed for' },
    ]);
    expect(code).toBe(0);
  });

  test('that is gone is a failure', async () => {
    const { of, code } = await over((path) => made(path, ingested));

    expect(of('key')).toMatchObject([
      {
        state: 'failed',
        found: 'the key of this database is gone: there is no DB.key, and no MCP_WITNESS_KEY',
      },
    ]);
    expect(code).toBe(2);
  });

  test('that lost its content is a failure', async () => {
    const { of, code } = await over(async (path) => {
      await made(path, ingested);
      writeFileSync(`${path}.key`, '\n');
    });

    expect(of('key')).toMatchObject([{ state: 'failed', found: 'the key DB.key is empty' }]);
    expect(code).toBe(2);
  });

  test('that others can read is told, and never shown', async () => {
    const { of, out } = await over(async (path) => {
      await made(path, ingested);
      writeFileSync(`${path}.key`, 'the secret key\n');
      chmodSync(`${path}.key`, 0o644);
    });

    expect(of('key')).toMatchObject([
      { state: 'warning', found: 'others can read the key DB.key', mend: 'chmod 600 DB.key' },
    ]);
    expect(out).not.toContain('the secret key');
  });

  test('of other pseudonyms is a failure', async () => {
    const { of, code } = await over(
      (path) =>
        made(path, (store) =>
          store.script(
            "insert into pseudonymised_columns values ('caller_ip', 'made with another')",
          ),
        ),
      { env: { MCP_WITNESS_KEY: 'k' } },
    );

    expect(of('key')).toMatchObject([
      { state: 'failed', found: 'the pseudonyms in this database were made with another key' },
    ]);
    expect(code).toBe(2);
  });

  test('of other hashes is a failure', async () => {
    const { of } = await over(
      (path) =>
        made(path, async (store) => {
          await ingested(store);
          await store.script(
            "insert into pseudonymised_columns values ('arguments_hash', 'another')",
          );
        }),
      { env: { MCP_WITNESS_KEY: 'k' } },
    );

    expect(of('key')).toMatchObject([
      { state: 'failed', found: 'the hashes in this database were made with another key' },
    ]);
  });

  test('that a variable gives is enough', async () => {
    const { of } = await over((path) => made(path, ingested), {
      env: { MCP_WITNESS_KEY: 'k' },
    });

    expect(of('key')).toMatchObject([
      { state: 'ok', found: 'MCP_WITNESS_KEY is the key of hashes' },
    ]);
  });
});
