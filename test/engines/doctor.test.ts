import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { openToWrite } from '../../store/engines.ts';
import type { Told } from '../doctor/estate-run.ts';
import { toldOver } from '../doctor/told.ts';
import { ClickHouseServer } from './clickhouse-server.ts';

const KEY = { MCP_WITNESS_KEY: 'test' };

let folder: string;
let server: ClickHouseServer;
let config: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-doctor-'));
  server = await ClickHouseServer.start();
  server.run('create database witness engine = Atomic');
  config = join(folder, 'mcp-witness.yaml');
  writeFileSync(config, `store: { engine: clickhouse, url: "${server.url}", database: witness }\n`);
}, 60_000);

afterAll(() => {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const told = async (given: Partial<Io> = {}): Promise<readonly Told[]> =>
  (await toldOver(config, { env: KEY, ...given })).rows;

const of = (rows: readonly Told[], ...checks: readonly string[]) =>
  rows.filter(({ check }) => checks.includes(check));

test('a database with nothing in it is no failure', async () => {
  const rows = await told();

  expect(of(rows, 'database')).toMatchObject([
    {
      state: 'skipped',
      found: `the database 'witness' on ${server.url} holds nothing yet`,
      mend: expect.stringContaining('mcp-witness ingest files PATHS --config CONFIG'),
    },
  ]);
  expect(of(rows, 'writer', 'key', 'rows', 'clocks').map(({ found }) => found)).toEqual(
    Array(4).fill('there is no database yet'),
  );
});

test('a database is told with its server, and room beside it is not that of this machine', async () => {
  const target = { engine: 'clickhouse', url: server.url, database: 'witness' } as const;
  (await openToWrite({ ...target, user: undefined, password: undefined }, {})).close();

  const rows = await told();
  expect(of(rows, 'disk')[0]?.found).toMatch(/^\S+ GB free for temporary files$/);
  expect(of(rows, 'database')).toMatchObject([
    {
      state: 'ok',
      found: expect.stringMatching(
        /^'witness' on http:\/\/127\.0\.0\.1:\d+, ClickHouse 26\.7\.2\.1, \d+ KB, schema \d+$/,
      ),
    },
  ]);
  expect(of(rows, 'writer')).toMatchObject([{ state: 'ok', found: 'no process adds to it' }]);
});

test('whoever has no key is told that writing needs it', async () => {
  expect(of(await told({ env: {} }), 'key')).toMatchObject([
    { state: 'warning', found: 'MCP_WITNESS_KEY is not set' },
  ]);
});

test('every process that adds to it is told, and which of them is gone', async () => {
  const turn = (id: string, host: string, pid: number, ago: string) =>
    server.run(
      `insert into turns select '${id}', 1, '${host}', ${pid}, now64(3) - interval ${ago}`,
      'witness',
    );
  const owner = (id: string, pid: number, ago: string) =>
    server.run(
      `insert into partition_owners select '${id}', 'hub', 'elsewhere', ${pid}, now64(3) - interval ${ago}`,
      'witness',
    );
  owner('a', 11, '5 second');
  owner('b', 12, '6 second');
  server.run(
    "insert into partition_ownership_stored (source, partition_id, owner_id, etag) values ('hub', '0', 'a', 1), ('hub', '3', 'a', 1)",
    'witness',
  );
  turn('c', 'elsewhere', 13, '1 second');
  expect(of(await told(), 'writer')).toMatchObject([
    {
      state: 'ok',
      found:
        'process 13 on elsewhere commits, or waits for its turn; process 11 on elsewhere reads 2 partitions (hub/0, hub/3); process 12 on elsewhere waits for partitions to read',
    },
  ]);

  server.run('truncate table turns', 'witness');
  server.run('truncate table partition_owners', 'witness');
  owner('a', 11, '2 minute');
  turn('c', 'elsewhere', 13, '3 minute');
  // Of this machine it is known at once.
  turn('d', hostname(), 2 ** 22 + 1, '1 second');
  server.run("insert into commits select 'e', 'events', ''", 'witness');
  const self = { pid: 1, isRunning: () => false };
  const rows = of(await told({ self }), 'writer');
  expect(rows.map(({ state, found }) => [state, found])).toEqual([
    ['warning', expect.stringMatching(/^process 13 on elsewhere .*; .* 3 min ago$/)],
    ['warning', expect.stringMatching(/^process 4194305 on .*; .* \d+ s ago$/)],
    [
      'warning',
      'process 11 on elsewhere reads 2 partitions (hub/0, hub/3); ended without giving it back, 2 min ago',
    ],
    ['warning', '1 commit made, and the rows not all in their places'],
  ]);
  for (const table of ['turns', 'partition_owners', 'commits']) {
    server.run(`truncate table ${table}`, 'witness');
  }
});

test('parts that the server does not get to merge are told', async () => {
  server.run('system stop merges', 'witness');
  server.run(
    `insert into turns select 'x', 1, 'h', 1, now64(3) from numbers(500)
     settings max_block_size = 1, min_insert_block_size_rows = 1, min_insert_block_size_bytes = 1, max_insert_threads = 1, insert_deduplicate = 0`,
    'witness',
  );
  const [row] = of(await told(), 'database');
  server.run('system start merges', 'witness');
  server.run('truncate table turns', 'witness');

  expect(row).toMatchObject({
    state: 'warning',
    found: expect.stringMatching(/^500 parts of turns \(partition \w+\) are not merged$/),
    mend: expect.stringMatching(/^OPTIMIZE TABLE witness\.turns PARTITION ID '\w+';/),
  });
});
