import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openToAdd } from '../../store/engines.ts';
import { type Answer, ask } from '../cli/fleet.ts';
import { GROUP, HUB } from '../event-hubs/hub-run.ts';
import { gatewayRecord } from '../event-hubs/peer/gateway-events.ts';
import { EventHubsPeer } from '../event-hubs/peer/peer.ts';
import { ingestOver, logsRun, positionsOf } from '../log-analytics/logs-run.ts';
import { ClickHouseServer } from './clickhouse-server.ts';

const VARIABLE = 'EVENT_HUBS_CONNECTION';

let folder: string;
let server: ClickHouseServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-sources-'));
  server = await ClickHouseServer.start();
});

afterAll(() => {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A database of its own, and a config that names it. */
function configOf(database: string, rest = ''): string {
  server.run(`create database ${database} engine = Atomic`);
  const file = join(folder, `${database}.yaml`);
  const store = `store: { engine: clickhouse, url: "${server.url}", database: ${database} }`;
  writeFileSync(file, `${store}\n${rest}`);
  return file;
}

/** Rows behind the view and before it; records in the books, and those stored; what is still under way. */
function countsIn(database: string): string {
  return server.run(
    `select
       (select count() from events_stored), (select count() from events),
       (select sum(received) from ingest_batches), (select sum(stored) from ingest_batches),
       (select count() from commits), (select count() from turns)`,
    database,
  );
}

test('an event hub is read once, through kills and again', async () => {
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 2, groups: [GROUP] });
  const fill = (partition: string, from: number, to: number): void => {
    for (let no = from; no < to; no += 1) {
      const body = Buffer.from(`{"records":[${gatewayRecord(partition, no)}]}`);
      peer.append(partition, { body });
    }
  };
  const config = configOf(
    'hub',
    `sources:\n  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }\n`,
  );
  const env = { MCP_WITNESS_KEY: 'test', [VARIABLE]: peer.connectionString };
  const ingest = (): Promise<Answer> => ask(['ingest', 'event-hubs', '--config', config], { env });
  const positions = () =>
    server.run('select partition_id, position, events from checkpoints order by all', 'hub');
  fill('0', 0, 60);
  fill('1', 0, 20);

  // Before the commit: nothing of it is there. After it, before the checkpoint is in its place: the next one puts it there.
  let isMoving = false;
  server.meddle = ({ sql }) => {
    isMoving ||= sql.startsWith('insert into events_stored');
    return sql.startsWith('insert into events_stored') ? 'cut' : undefined;
  };
  const first = await ingest();
  expect(first.code, first.err).toBe(4);
  expect(isMoving).toBe(true);
  server.meddle = () => undefined;
  fill('1', 20, 25);
  const second = await ingest();

  expect(second.code, second.err).toBe(0);
  expect(second.err).toContain('5 records received = 5 stored');
  expect(countsIn('hub')).toBe('85\t85\t85\t85\t0\t0\n');
  expect(positions()).toBe('0\t59\t60\n1\t24\t25\n');
  const third = await ingest();
  expect(third.err).toContain('0 records received = 0 stored');
  expect(countsIn('hub')).toBe('85\t85\t85\t85\t0\t0\n');
  await peer.stop();
}, 300_000);

test('a table of Log Analytics is read once, and how far goes when a backfill is joined', async () => {
  await using run = await logsRun();
  run.fill(50);
  configOf('logs');
  const target = {
    engine: 'clickhouse',
    url: server.url,
    database: 'logs',
    user: undefined,
    password: undefined,
  } as const;
  const ingest = async (store: typeof run.store, options = {}) =>
    ingestOver(run.peer, store, options, { start: '5d' });
  const both = async (options = {}) => {
    using clickHouse = await openToAdd(target, {}, []);
    return [await ingest(run.store, options), await ingest(clickHouse, options)] as const;
  };
  const kept = () =>
    server.run(
      "select concat(source, '/', partition_id), position from checkpoints order by all",
      'logs',
    );
  for (const options of [{}, {}, { backfill: { from: undefined } }]) {
    const [duckDb, clickHouse] = await both(options);
    expect(clickHouse).toEqual(duckDb);
    const known = Object.entries(await positionsOf(run.store));
    expect(kept()).toBe(known.map((row) => `${row.join('\t')}\n`).join(''));
  }
  expect(countsIn('logs')).toBe('50\t50\t50\t50\t0\t0\n');
}, 300_000);

test('workers that read the same at once store it once, and their books say so', async () => {
  const config = configOf('workers');
  const lines = Array.from({ length: 40 }, (_, no) => gatewayRecord('0', no));
  const files = [lines.slice(0, 30), lines.slice(10)].map((each, no) => {
    const file = join(folder, `worker-${no}.ndjson`);
    writeFileSync(file, `${each.join('\n')}\n`);
    return file;
  });
  const env = { MCP_WITNESS_KEY: 'test' };
  const self = { pid: 1, isRunning: (pid: number) => pid !== 4242 };
  const ingest = (file: string) =>
    ask(['ingest', 'files', file, '--config', config], { env, self });
  expect((await ingest(files[0] ?? '')).code).toBe(0);

  // One was killed when it was its turn;
  server.run(
    `insert into turns (turn_id, number, host, pid) values ('killed', 1, '${hostname()}', 4242)`,
    'workers',
  );

  const answers = await Promise.all([...files, ...files].map(ingest));

  for (const { code, err } of answers) expect(code, err).toBe(0);
  expect(countsIn('workers')).toBe('40\t40\t150\t40\t0\t0\n');
  expect(server.run('select uniqExact(batch_id), count() from ingest_batches', 'workers')).toBe(
    '5\t5\n',
  );
}, 300_000);
