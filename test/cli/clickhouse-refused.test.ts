import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLICKHOUSE_SETTINGS } from '../../store/clickhouse-sql.ts';
import { migrationsIn } from '../../store/schema.ts';
import { toldOver } from '../doctor/told.ts';
import { ask, temporaryFolder } from './fleet.ts';

const NEWEST = migrationsIn('store/clickhouse/schema').at(-1)?.version;

/** What the server of a test says; by default it is one of ours with nothing in it. */
interface Manner {
  readonly version?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly schema?: number;
  readonly foreign?: string;
  readonly error?: string;
  readonly errorAt?: RegExp;
  /** Whether the user has what CHECK GRANT asks for. */
  readonly isGranted?: boolean;
}

let server: Server;
let url = '';
let manner: Manner = {};
let asked: { readonly user: string | undefined; readonly sql: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const sql = body.toString('utf8');
    asked.push({ user: request.headers.authorization, sql });
    const { error, errorAt = /./ } = manner;
    if (error !== undefined && errorAt.test(sql)) response.writeHead(500).end(error);
    else response.writeHead(200).end(answerTo(sql));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function answerTo(sql: string): string {
  const { version = '26.7.2.1', settings = CLICKHOUSE_SETTINGS, schema, foreign = '' } = manner;
  const lines = (...rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => JSON.stringify(row)).join('\n');
  if (sql.startsWith('check grant')) return manner.isGranted === false ? '0\n' : '1\n';
  if (sql.includes('version() as version')) return lines(['version'], ['String'], [version]);
  if (sql.includes('system.settings')) {
    const rows = Object.entries(settings).map(([name, value]) => [name, [String(value)]]);
    return lines(['name', 'found'], ['String', 'Array(String)'], ...rows);
  }
  if (sql.includes('as found')) {
    return lines(['found'], ['UInt64'], [schema === undefined ? '0' : '1']);
  }
  if (sql.includes('min(name)')) {
    return lines(['name', 'begun'], ['String', 'UInt64'], [foreign, '0']);
  }
  return lines(['version'], ['UInt32'], [schema]);
}

async function timelineOn(address: string, given: Manner, env: Record<string, string> = {}) {
  manner = given;
  asked = [];
  const config = join(temporaryFolder(), 'mcp-witness.yaml');
  writeFileSync(config, `store: { engine: clickhouse, url: "${address}", database: witness }\n`);
  const { code, out, err } = await ask(['timeline', '--config', config], { env });
  expect(out).toBe('');
  return { code, err: err.replaceAll(address, 'URL') };
}

const exception = (code: number, text: string, name: string) =>
  `Code: ${code}. DB::Exception: ${text} (${name}) (version 26.7.2.1)`;

const refusals: Readonly<Record<string, readonly [Manner, number, string]>> = {
  'a server that is too old': [
    { version: '25.3.1.1' },
    2,
    'error: ClickHouse at URL is version 25.3.1.1; mcp-witness needs 25.8 or later.\n  fix: Upgrade the server, or name another in store.url.\n',
  ],
  'a setting that is not kept': [
    { settings: { ...CLICKHOUSE_SETTINGS, join_use_nulls: 0 } },
    2,
    'error: ClickHouse at URL does not keep the setting join_use_nulls = 1; it has 0.\n  fix: Let this user change settings: without it the same questions would have other answers.\n',
  ],
  'a wrong password': [
    { error: exception(516, 'default: Authentication failed', 'AUTHENTICATION_FAILED') },
    3,
    'error: ClickHouse at URL refuses the user or the password.\n  fix: Give both in the environment, as CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.\n',
  ],
  'a wrong database': [
    { error: exception(81, 'Database witness does not exist', 'UNKNOWN_DATABASE') },
    2,
    "error: ClickHouse at URL has no database 'witness'.\n  fix: Correct 'store.database' in the config, or make it there: CREATE DATABASE witness.\n",
  ],
  'a privilege that is missing': [
    {
      error: exception(
        497,
        'w: Not enough privileges. To execute this query, grant SELECT',
        'ACCESS_DENIED',
      ),
      errorAt: /system\.tables/,
    },
    3,
    "error: ClickHouse at URL does not let this user do that: w: Not enough privileges. To execute this query, grant SELECT\n  fix: Grant it: 'mcp-witness doctor' prints the lines for what is missing; the user may not be readonly = 1.\n",
  ],
  'a schema of a newer version': [
    { schema: 999 },
    2,
    `error: The database 'witness' of ClickHouse at URL has schema version 999; this mcp-witness knows ${NEWEST}.\n  fix: Use the newer mcp-witness that wrote it, or name another database in store.database.\n`,
  ],
  'a schema of an older version': [
    { schema: 1 },
    2,
    `error: The database 'witness' of ClickHouse at URL has schema version 1; this mcp-witness reads ${NEWEST}.\n  fix: Run 'mcp-witness correlate' once: what writes to it brings it up to date.\n`,
  ],
  'a database of something else': [
    { foreign: 'orders' },
    2,
    "error: The database 'witness' of ClickHouse at URL is of something else: it has a table 'orders'.\n  fix: Name a database of its own in store.database; this one was left as it is.\n",
  ],
  'a database with nothing in it': [
    {},
    2,
    "error: The database 'witness' of ClickHouse at URL holds nothing yet.\n  fix: Bring evidence into it first: 'mcp-witness ingest files PATHS...'.\n",
  ],
  'a server without room': [
    { error: exception(202, 'Too many simultaneous queries', 'TOO_MANY_SIMULTANEOUS_QUERIES') },
    4,
    'error: ClickHouse at URL could not do it now: Too many simultaneous queries\n  fix: Repeat the command when the server has room: what was committed is kept, nothing is stored twice.\n',
  ],
};

test.each(Object.entries(refusals))('%s is told with what to do', async (_, [given, code, err]) => {
  expect(await timelineOn(url, given)).toEqual({ code, err });
});

test('a server that is not there is told with what to do', async () => {
  const { code, err } = await timelineOn('http://127.0.0.1:1', {});

  expect(code).toBe(4);
  expect(err).toMatch(
    /^error: ClickHouse at URL cannot be reached: .*\n {2}fix: Check 'store.url' and the network, then repeat the command: what was committed is kept, nothing is stored twice.\n$/,
  );
});

/** What doctor says of the database on such a server. */
async function examined(given: Manner, env: Record<string, string> = {}): Promise<unknown> {
  manner = given;
  const config = join(temporaryFolder(), 'mcp-witness.yaml');
  writeFileSync(config, `store: { engine: clickhouse, url: "${url}", database: witness }\n`);
  const { rows } = await toldOver(config, { env });
  return rows.filter(({ check }) => check === 'database');
}

test('to doctor an older schema is a warning, as that of a file', async () => {
  expect(await examined({ schema: 1 })).toMatchObject([
    {
      state: 'warning',
      mend: 'mcp-witness correlate --config CONFIG   # any command that writes brings it up to date',
    },
  ]);
});

test('to who may not change settings doctor says that, and no grant', async () => {
  const error = exception(164, "w: Cannot modify 'join_use_nulls' in readonly mode", 'READONLY');

  expect(await examined({ error })).toMatchObject([
    { state: 'failed', mend: expect.stringMatching(/^Grant it: .* may not be readonly = 1\.$/) },
  ]);
});

test('the lines that doctor prints are for the user that asks, however it is called', async () => {
  const user = 'no`\\ne';
  const given = { schema: 999, isGranted: false };

  expect(await examined(given, { CLICKHOUSE_USER: user })).toMatchObject([
    { state: 'failed', mend: expect.stringContaining('ON witness.* TO `no\\`\\\\ne`;') },
    { state: 'warning' },
  ]);
});

test('user and password come from the environment, and are in no statement', async () => {
  const env = { CLICKHOUSE_USER: 'me', CLICKHOUSE_PASSWORD: 'hidden' };
  await timelineOn(url, {}, env);

  expect(asked.length).toBeGreaterThan(2);
  for (const { user, sql } of asked) {
    expect(user).toBe(`Basic ${Buffer.from('me:hidden').toString('base64')}`);
    expect(sql).not.toContain('hidden');
  }
});

test('without a key nothing is written', async () => {
  const config = join(temporaryFolder(), 'mcp-witness.yaml');
  writeFileSync(config, `store: { engine: clickhouse, url: "${url}", database: witness }\n`);
  const { code, err } = await ask(['correlate', '--config', config]);

  expect({ code, err }).toEqual({
    code: 2,
    err: "error: MCP_WITNESS_KEY is not set: a database of ClickHouse has no folder in which the key of its hashes could be kept.\n  fix: Make one, such as with 'openssl rand -hex 32', and give the same to every process that writes to it.\n",
  });
});
