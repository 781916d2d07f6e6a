import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import {
  type CorrelateOptions,
  type CorrelateSummary,
  correlate,
} from '../../correlate/correlate.ts';
import { KEPT, RESULTS } from '../../correlate/steps.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { ClickHouseConnection } from '../../store/clickhouse/connection.ts';
import { publishChanges } from '../../store/clickhouse/generations.ts';
import { statementsIn } from '../../store/clickhouse/schema.ts';
import { openToAdd, openToWrite } from '../../store/engines.ts';
import { Store } from '../../store/store.ts';
import { filesBelow, simulateInto } from '../simulate/fleet-files.ts';
import { ClickHouseServer } from './clickhouse-server.ts';
import { compare } from './compare.ts';
import { hardFaults } from './fleet.ts';

const TABLES = [
  ...RESULTS,
  ...Object.keys(KEPT),
  'kept_groups',
  'replaced_events',
  'correlation_runs',
  'tool_calls',
];
const DELIVERIES = 2;

let folder: string;
let server: ClickHouseServer;
let duckDb: Store;
let connection: ClickHouseConnection;

const target = (database: string) =>
  ({
    engine: 'clickhouse',
    url: server.url,
    database,
    user: undefined,
    password: undefined,
  }) as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-incremental-'));
  server = await ClickHouseServer.start();
  server.run('create database grown engine = Atomic');
  await simulateInto(folder, { calls: 60, faults: { ...hardFaults(), duplicates: 0.2 } });
  deal();
  duckDb = await Store.inMemory();
  await loadInventory(duckDb, [join(folder, 'inventory.yaml')]);
  using store = await openToWrite(target('grown'), {});
  await store.inDuckDb((near) => loadInventory(near, [join(folder, 'inventory.yaml')]));
  connection = await ClickHouseConnection.open(target('grown'));
}, 300_000);

afterAll(async () => {
  await connection?.close();
  duckDb?.close();
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The telemetry in several parts: each line comes with one of them, late or not. */
function deal(): void {
  for (const [file, bytes] of filesBelow(join(folder, 'telemetry'))) {
    if (!file.endsWith('.ndjson')) continue;
    const parts = Array.from({ length: DELIVERIES }, (): string[] => []);
    for (const [no, line] of bytes.toString('utf8').trimEnd().split('\n').entries()) {
      parts[(no + (no >> 2)) % DELIVERIES]?.push(line);
    }
    for (const [no, lines] of parts.entries()) {
      const path = join(folder, `delivery-${no}`, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${lines.join('\n')}\n`);
    }
  }
}

async function deliver(no: number): Promise<void> {
  const paths = [join(folder, `delivery-${no}`)];
  using store = await openToAdd(target('grown'), {}, []);
  for (const each of [duckDb, store]) await ingestFiles(each, paths, { key: 'test' });
}

async function correlateBoth(options: CorrelateOptions = {}): Promise<CorrelateSummary> {
  const wanted = await correlate(duckDb, options);
  using store = await openToWrite(target('grown'), {});
  expect(await correlate(store, options)).toEqual(wanted);
  return wanted;
}

/** Rows of both engines that are not the same. */
async function differences(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of TABLES) {
    const described = await duckDb.rows(`select * from (describe ${table})`);
    const columns = described.map((each) => ({
      name: String(each['column_name']),
      type: String(each['column_type']),
    }));
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    const answer = await connection.select(`select ${names} from ${table}`);
    const { differences } = compare(
      columns,
      await duckDb.rows(`select ${names} from ${table}`),
      {
        columns: answer.columns.map(({ name }) => name),
        types: answer.columns.map(({ type }) => type),
        rows: answer.rows.map((row) => columns.map(({ name }) => row[name])),
      },
      { isOrdered: false },
    );
    found.push(...differences.map((each) => `${table}: ${each}`));
  }
  return found;
}

test('evidence in parts makes the rows that DuckDB makes, and looks at what DuckDB looks at', async () => {
  await deliver(0);
  expect((await correlateBoth()).isRebuild).toBe(true);
  const generations = () =>
    server.run(
      `select table_name, day, max(generation) from generations group by all order by all`,
      'grown',
    );
  const before = generations();
  await deliver(1);
  const said = await correlateBoth({ maxReopenedShare: 1 });

  expect(said.isRebuild).toBe(false);
  expect(said.reopenedEvents).toBeGreaterThan(said.newEvents);
  expect(said.revisedCalls).toBeGreaterThan(0);
  expect(await differences()).toEqual([]);
  expect(generations()).not.toBe(before);
}, 300_000);

/** Attempts of some days of a month, each by its id and day. */
function attempts(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .map(([id, no]) => `('${id}', '2026-11-0${no} 12:00:00', 'granted', 1)`)
    .join(', ');
}

const OF_ATTEMPTS = '(event_id, "timestamp", auth_outcome, weight)';

test('a database of before shows what it showed', async () => {
  server.run('create database older engine = Atomic');
  const folder = packagePath('store/clickhouse/schema');
  const files = readdirSync(folder).filter((name) => name < '007');
  for (const name of files) {
    for (const statement of statementsIn(readFileSync(join(folder, name), 'utf8'))) {
      server.run(statement, 'older');
    }
  }
  for (const [generation, rows] of [
    [1, { z: 1 }],
    [2, { a: 1, b: 2 }],
  ] as const) {
    server.run(`insert into generations values ('auth_attempts', ${generation})`, 'older');
    server.run(
      `insert into auth_attempts_stored (generation, event_id, "timestamp", auth_outcome, weight)
       select ${generation}, * from values(${attempts(rows)})`,
      'older',
    );
  }
  server.run(
    'create table schema_versions (version UInt32) engine = MergeTree order by version',
    'older',
  );
  server.run(`insert into schema_versions values (${files.length})`, 'older');

  using store = await openToWrite(target('older'), {});
  const shown = 'select event_id from auth_attempts order by event_id';
  expect(await store.rows(shown)).toEqual([{ event_id: 'a' }, { event_id: 'b' }]);
}, 300_000);

test('only days that a change touches are written, all at once or not at all', async () => {
  const connection = await ClickHouseConnection.open(target('older'));
  const publish = async (
    gone: string | undefined,
    came: Readonly<Record<string, number>>,
    isStill = true,
  ): Promise<boolean> => {
    await connection.command(
      `create or replace temporary table came engine = MergeTree order by tuple() as
       select * from auth_attempts where false`,
    );
    await connection.command(`insert into came ${OF_ATTEMPTS} values ${attempts(came)}`);
    await connection.command(
      `create or replace temporary table alias engine = MergeTree order by tuple() as
       select '${Object.keys(came)}' as alias, 'k' as session_key`,
    );
    const changes = [
      { table: 'auth_attempts', gone, came: 'came' },
      { table: 'session_aliases', gone: 'true', came: 'alias' },
    ];
    return publishChanges(connection, changes, async () => isStill);
  };
  const shown = (): string =>
    server.run(
      `select event_id, toDayOfMonth("timestamp"), (select alias from session_aliases)
       from auth_attempts order by event_id`,
      'older',
    );
  const partitions = (): string =>
    server.run(
      `select toDayOfMonth("timestamp") as no, uniqExact(generation) from auth_attempts_stored
       group by no order by no`,
      'older',
    );

  expect(await publish(undefined, { c: 3 })).toBe(true);
  expect(shown()).toBe('a\t1\tc\nb\t2\tc\nc\t3\tc\n');
  // A row moves to another day, and the day it was on has none any more.
  expect(await publish("event_id = 'b'", { b: 3 })).toBe(true);
  const moved = 'a\t1\tb\nb\t3\tb\nc\t3\tb\n';
  expect(shown()).toBe(moved);
  // What was shown before is there for who reads it.
  expect(partitions()).toBe('1\t1\n2\t1\n3\t2\n');

  // Calls of others were published meanwhile; a kill between two tables; a kill before they are named.
  expect(await publish("event_id = 'a'", { d: 1 }, false)).toBe(false);
  expect(shown()).toBe(moved);
  expect(partitions()).toBe('1\t1\n2\t1\n3\t2\n');
  for (const cut of ['insert into session_aliases_stored', 'insert into generations']) {
    server.meddle = ({ sql }) => (sql.startsWith(cut) ? 'cut' : undefined);
    await expect(publish("event_id = 'a'", { d: 1 })).rejects.toThrow('cannot be reached');
    server.meddle = () => undefined;
    expect(shown()).toBe(moved);
  }
  // The answer was lost, not the insert.
  server.meddle = ({ sql }) =>
    sql.startsWith('insert into generations') ? 'cut afterwards' : undefined;
  await expect(publish("event_id = 'a'", { d: 1 })).rejects.toThrow('cannot be reached');
  server.meddle = () => undefined;
  expect(shown()).toBe('b\t3\td\nc\t3\td\nd\t1\td\n');

  // Everything is replaced; names that say nothing any more are forgotten.
  server.run("insert into generations select 'sessions', number, 0 from numbers(20001)", 'older');
  expect(await publish('true', { e: 4 })).toBe(true);
  expect(shown()).toBe('e\t4\te\n');
  expect(await publish(undefined, { f: 4 })).toBe(true);
  expect(shown()).toBe('e\t4\tf\nf\t4\tf\n');
  expect(server.run("select count() from generations where table_name = 'sessions'", 'older')).toBe(
    '1\n',
  );
  // Rows that were never named may be somebody's who is at it: these two stay for a day.
  expect(partitions()).toBe('4\t2\n');
  await connection.close();
}, 300_000);
