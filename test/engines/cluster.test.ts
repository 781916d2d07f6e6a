import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulate } from '../../simulate/simulate.ts';
import { ClickHouseConnection } from '../../store/clickhouse/connection.ts';
import { replaceTables } from '../../store/clickhouse/generations.ts';
import { grantsToRead, grantsToWrite, inWords } from '../../store/clickhouse/grants.ts';
import { openToWrite } from '../../store/engines.ts';
import { countOld } from '../../store/retention/retention.ts';
import { type Answer, ask, NOW } from '../cli/fleet.ts';
import { ClickHouseServer } from './clickhouse-server.ts';
import { configBeside, FLEET, hardFaults } from './fleet.ts';
import { CLUSTER } from './two-shards.ts';

const KEY = { MCP_WITNESS_KEY: 'test' };

let folder: string;
let server: ClickHouseServer;
let duckDb: string;
let spread: string;

const on = (config: string, ...args: readonly string[]): Promise<Answer> =>
  ask([...args, '--config', config], { env: KEY });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-cluster-'));
  await simulate({ ...FLEET, calls: 40, folder, faults: hardFaults() });
  server = await ClickHouseServer.start({ isCluster: true });
  server.run('create database witness engine = Atomic');
  duckDb = configOf('two', '{ engine: duckdb, path: ./witness.duckdb }');
  spread = configOf('spread', onCluster('witness'));
}, 60_000);

afterAll(() => {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const onCluster = (database: string, cluster = `, cluster: ${CLUSTER}`): string =>
  `{ engine: clickhouse, url: "${server.url}", database: ${database}${cluster} }`;

const access = (database: string) => ({
  url: server.url,
  database,
  cluster: CLUSTER,
  user: undefined,
  password: undefined,
});

const configOf = (name: string, store: string): string =>
  configBeside(folder, name, store, ['alerting', 'auth-success', 'approval-bypass']);

/** Asks both; of what is said, a line that names the database or the config is of each its own. */
async function same(code: number, ...args: readonly string[]): Promise<Answer> {
  const of = async (config: string): Promise<Answer> => {
    const answer = await on(config, ...args);
    return { ...answer, err: answer.err.replaceAll(/^.* --(?:db|config) .*$\n/gm, '') };
  };
  const [first, second] = [await of(duckDb), await of(spread)];
  const { err, ...rest } = second;
  expect(rest, err).toEqual({ code: first.code, out: first.out });
  expect(err).toContain(first.err.split('\n')[0]);
  expect(first.code, first.err).toBe(code);
  return second;
}

const everyCall = ['timeline', '--wide', '--format', 'csv', '--since', '30d', '--limit', '1000'];

test('a kill within a commit loses nothing, and what comes again is not twice on two shards', async () => {
  const kinds = '{gateway,appinsights,mcp,late}';
  const files = globSync(join(folder, 'telemetry', kinds, '**', '*.*')).sort();
  const late = files.filter((each) => each.includes('gateway')).slice(-1);
  const early = files.filter((each) => !late.includes(each));
  for (const config of [duckDb, spread]) {
    expect((await on(config, 'ingest', 'files', ...early)).out).toBe('');
  }
  await same(0, 'correlate');

  server.meddle = ({ sql }) => (sql.startsWith('insert into events_stored') ? 'cut' : undefined);
  expect((await on(spread, 'ingest', 'files', ...late)).code).toBe(4);
  server.meddle = () => undefined;
  await on(duckDb, 'ingest', 'files', ...late);
  const again = [
    await on(duckDb, 'ingest', 'files', ...late),
    await on(spread, 'ingest', 'files', ...late),
  ].map(({ err }) => err.split('\n')[0]);
  expect(again[1]).toBe(again[0]);
  expect(again[0]).toContain(' records received = 0 stored + ');

  const counts =
    'select count(), uniqExact(event_id), uniqExact(_shard_num) from events_stored final';
  const events = await on(duckDb, 'query', '--sql', 'select count(*) as n from events');
  const [rows = '', ids, shards] = server.run(counts, 'witness').trim().split('\t');
  expect(events.out).toContain(rows);
  expect({ ids, shards }).toEqual({ ids: rows, shards: '2' });
  // What processes agree by, and the books, are on one shard.
  const books =
    'select uniqExact(_shard_num), (select count() from commits) from ingest_batches_stored';
  expect(server.run(books, 'witness')).toBe('1\t0\n');
}, 300_000);

test('commands answer over two shards as DuckDB does, also when late evidence re-opened calls', async () => {
  await same(0, 'correlate');
  const calls = await same(0, ...everyCall);
  expect(calls.out.split('\n').length).toBeGreaterThan(20);
  await same(6, 'slo', 'report', '--format', 'json');
  const shards = 'select uniqExact(_shard_num) from correlated_calls_stored';
  expect(server.run(shards, 'witness')).toBe('2\n');
  const rebuilds = 'select is_rebuild from correlation_runs order by run_no';
  expect(server.run(rebuilds, 'witness')).toBe('true\nfalse\n');
}, 300_000);

test('a store moves to a cluster', async () => {
  server.run('create database moved engine = Atomic');
  const to = configOf('moved', onCluster('moved'));
  const { code, err } = await on(duckDb, 'migrate', '--to', to);

  expect(code, err).toBe(0);
  expect((await on(to, ...everyCall)).out).toBe((await on(duckDb, ...everyCall)).out);
}, 300_000);

test('what is too old goes from every shard', async () => {
  const cut = { class: 'evidence', keptFrom: '2026-11-18T00:00:00.000Z' } as const;
  const numbers = (sql: string) => server.run(sql, 'witness').trim().split('\t').map(Number);
  const [before = 0] = numbers('select count() from events');
  using store = await openToWrite({ engine: 'clickhouse', ...access('witness') }, {});
  await store.removeOld(cut, await countOld(store, cut), NOW.toISOString());

  const left = `select (select count() from events), (select sum(removed) from retention_runs where table_name = 'events'),
    (select countIf(occurred_at < '2026-11-17 23:00:00' and layer not in ('config', 'approval')) from events),
    (select uniqExact(_shard_num) from events_stored),
    (select count() from system.tables where database = 'witness' and name like 'leaving%')`;
  const [events = 0, removed = 0, ...rest] = numbers(left);
  expect([before - removed, ...rest]).toEqual([events, 0, 2, 0]);
  expect(removed).toBeGreaterThan(20);
  expect(events).toBeGreaterThan(20);
}, 300_000);

test('of generations that were replaced, all shards keep the last', async () => {
  const connection = await ClickHouseConnection.open(access('moved'));
  for (const name of ['a', 'b', 'c']) {
    const fill = (generation: number) =>
      connection.command(
        `insert into session_aliases_stored select ${generation}, concat('${name}', toString(number)), 'k' from numbers(20)`,
      );
    await replaceTables(connection, { session_aliases: fill });
  }
  await connection.close();

  const shown = 'select min(alias), count() from session_aliases';
  expect(server.run(shown, 'moved')).toBe('c0\t20\n');
  const kept =
    'select substring(alias, 1, 1) as name, count(), uniqExact(_shard_num) from session_aliases_stored group by name order by name';
  expect(server.run(kept, 'moved')).toBe('b\t20\t2\nc\t20\t2\n');
}, 300_000);

/** Of a database, whether it is spread already, what the config says and what is said to it. */
const refused: Readonly<Record<string, readonly [string, string, string]>> = {
  'a cluster that is not there': [
    'witness',
    ', cluster: other',
    "has no cluster 'other'; it has 'halved', 'one', 'pair', 'replicated'.",
  ],
  'a cluster with replicas': ['witness', ', cluster: replicated', 'have replicas, which is not'],
  'a cluster of other shards': ['witness', ', cluster: one', "spread over the cluster 'pair'"],
  'no cluster where there is one': [
    'witness',
    '',
    "Write 'cluster: pair' in 'store' of the config.",
  ],
  'a cluster where there is none': [
    'single',
    ', cluster: pair',
    'is of one server, and the config',
  ],
  'a database that is not there': [
    'nowhere',
    ', cluster: pair',
    "CREATE DATABASE nowhere ON CLUSTER 'pair'.",
  ],
};

test.each(Object.entries(refused))('%s is refused', async (_, [database, cluster, said]) => {
  if (database === 'single') {
    server.run('create database single engine = Atomic');
    server.run(
      'create table schema_versions (version UInt32) engine = MergeTree order by version',
      'single',
    );
  }
  const config = configOf('refused', onCluster(database, cluster));
  const { code, err } = await on(config, 'timeline');

  expect(err).toContain(said);
  expect(code).toBe(2);
});

test('shards that are others than those of the rows are refused', async () => {
  server.run('insert into cluster_shards values (3, 1)', 'moved');
  const { code, err } = await on(configOf('moved', onCluster('moved')), 'correlate');

  expect(err).toContain("is spread over 3 shards; the cluster 'pair' has 2 shards.");
  expect(code).toBe(2);
}, 300_000);

test('no set of a condition is left to a shard to make', () => {
  // `alter` is about the rows of each shard.
  const read = server.asked.filter((sql) => !/^(?:\s|--.*\n)*alter\b/.test(sql));

  expect(read.length).toBeGreaterThan(500);
  expect(read.filter((sql) => /\bglobal (?:not )?in \(\s*select/.test(sql)).length).toBeGreaterThan(
    20,
  );
  const bare = /(?<!\bglobal )(?<!\bglobal not )\b(?:not )?in \(\s*(?:select|with)\b/;
  expect(read.filter((sql) => bare.test(sql))).toEqual([]);
});

test('a shard that does not answer is no smaller answer', async () => {
  const { code, out, err } = await on(
    configOf('halved', onCluster('witness', ', cluster: halved')),
    'timeline',
  );

  expect({ code, out }, err).toEqual({ code: 4, out: '' });
  expect(err).toContain('could not do it now: Connection refused (127.0.0.1:1).');
});

test('servers that share no Keeper are told what they lack', async () => {
  server.run('create database bare engine = Atomic');
  server.hasKeeper = false;
  const { code, err } = await on(configOf('bare', onCluster('bare')), 'correlate');
  server.hasKeeper = true;

  expect(err).toContain("cannot run a statement on the cluster 'pair'");
  expect(err).toContain('share a ClickHouse Keeper');
  expect(code).toBe(2);
}, 300_000);

test('with the grants that doctor asks for a cluster can be written and asked, and not without', async () => {
  const place = { url: server.url, database: 'witness', cluster: CLUSTER };
  const toRead = grantsToRead(place).map(inWords);

  await server.allow(grantsToWrite(place).map(inWords));
  const written = await on(spread, 'correlate', '--rebuild');
  expect(written.code, written.err).toBe(0);
  expect((await on(spread, 'doctor', '--offline')).out).toContain(`over the cluster '${CLUSTER}'`);
  const before = await on(spread, ...everyCall);
  await server.allow(
    grantsToWrite(place)
      .map(inWords)
      .filter((grant) => !grant.endsWith('.mutations')),
  );
  expect((await on(spread, 'doctor', '--offline')).out).toContain(
    'it lacks SELECT ON system.mutations',
  );
  await server.allow(toRead);
  expect(await on(spread, ...everyCall)).toEqual(before);

  await server.allow(toRead.filter((grant) => !grant.endsWith('system.one')));
  expect((await on(spread, ...everyCall)).code).toBe(3);
  const { code, out } = await on(spread, 'doctor', '--offline');
  expect(out).toContain(`GRANT ON CLUSTER '${CLUSTER}' SELECT ON system.one TO default;`);
  expect(code).toBe(3);
}, 300_000);
