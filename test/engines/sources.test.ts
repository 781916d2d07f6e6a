import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type EventHubsOptions,
  type EventHubsSummary,
  ingestEventHub,
} from '../../ingest/ingest-event-hubs.ts';
import { openToAdd } from '../../store/engines.ts';
import { type Answer, ask } from '../cli/fleet.ts';
import { GROUP, HUB, hubSource } from '../event-hubs/hub-run.ts';
import { gatewayRecord } from '../event-hubs/peer/gateway-events.ts';
import { EventHubsPeer } from '../event-hubs/peer/peer.ts';
import { ingestOver, logsRun, positionsOf } from '../log-analytics/logs-run.ts';
import { ClickHouseServer } from './clickhouse-server.ts';

const VARIABLE = 'EVENT_HUBS_CONNECTION';
/** The engine works in this process: to ask it more often would keep it from all else. */
const WAIT = { timeout: 200_000, interval: 500 };

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

const STREAM = `sources:
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
`;

function append(peer: EventHubsPeer, partition: string, from: number, to: number): void {
  for (let no = from; no < to; no += 1) {
    const body = Buffer.from(`{"records":[${gatewayRecord(partition, no)}]}`);
    peer.append(partition, { body });
  }
}

test('an event hub is read once, through kills and again', async () => {
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 2, groups: [GROUP] });
  const fill = (partition: string, from: number, to: number) => append(peer, partition, from, to);
  const config = configOf('hub', STREAM);
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

/** A hub of three partitions and a database; processes that read one into the other. */
async function sharedHub(database: string) {
  const config = configOf(database, STREAM);
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 3, groups: [GROUP] });
  for (const { id } of peer.hub.partitions) append(peer, id, 0, 30);
  const env = { MCP_WITNESS_KEY: 'test', [VARIABLE]: peer.connectionString };
  const killed = new Set<number>();
  const target = {
    engine: 'clickhouse',
    url: server.url,
    database,
    user: undefined,
    password: undefined,
  } as const;
  (await openToAdd(target, {}, [])).close();
  const work = async (
    pid: number,
    options: Partial<EventHubsOptions> = {},
  ): Promise<EventHubsSummary> => {
    const self = { pid, isRunning: (other: number) => !killed.has(other) };
    using store = await openToAdd(target, { self }, []);
    return await ingestEventHub(store, hubSource(), {
      key: 'test',
      env,
      now: () => new Date('2026-11-20T12:00:00Z'),
      claimant: self,
      sharing: { lookEveryMs: 500 },
      patienceMs: 200_000,
      ...options,
    });
  };
  const ask = (sql: string): string => server.run(sql, database).trim();
  return {
    ...{ peer, config, env, killed, work, ask },
    /** How many partitions each process has. */
    shares: () =>
      ask(
        `select pid, uniqExact(partition_id) from partition_ownership inner join partition_owners using (owner_id)
         group by pid order by pid`,
      ).replaceAll(/\s+/g, ' '),
    release: () => {
      peer.faults.holdAfter = Number.MAX_SAFE_INTEGER;
      peer.setStalled(false);
    },
    checkpoints: () =>
      ask('select partition_id, position, events from checkpoints order by all').split('\n'),
    [Symbol.asyncDispose]: () => peer.stop(),
  };
}

test('workers share the partitions of a hub: one comes later, one is killed and does not know it', async () => {
  await using hub = await sharedHub('shared');
  hub.peer.faults.holdAfter = 10;
  let goesOn = true;
  const first = hub.work(11, { goesOn: () => goesOn });
  await vi.waitUntil(() => countsIn('shared').startsWith('30\t'), WAIT);
  expect(hub.shares()).toBe('11 3');

  const self = { pid: 12, isRunning: () => true };
  const second = ask(['ingest', 'event-hubs', '--config', hub.config], { env: hub.env, self });
  await vi.waitUntil(() => hub.shares() === '11 2 12 1', WAIT);
  // To the other it is gone; it goes on to read, and to store what it has.
  hub.killed.add(12);
  await vi.waitUntil(() => hub.shares() === '11 3', WAIT);
  hub.release();

  const { code, err } = await second;
  expect(code, err).toBe(0);
  await vi.waitUntil(() => hub.checkpoints().every((each) => each.endsWith('29\t30')), WAIT);
  for (const id of ['0', '1', '2']) {
    expect(err).toContain(
      `partition ${id}: process 11 on ${hostname()} reads it, up to 29, lag 0\n`,
    );
  }
  // The one that goes on takes turns, to read what the other had.
  await vi.waitFor(() => expect(countsIn('shared')).toBe('90\t90\t90\t90\t0\t0\n'), WAIT);

  // What another machine has is left to it; what would be for it and is not taken, and what a silent one had, is read.
  hub.peer.faults.holdAfter = 35;
  const [source] = hub.ask('select distinct source from partition_ownership').split('\n');
  hub.ask(`insert into partition_owners values
    ('!busy', '${source}', 'elsewhere', 7, now64(3)), ('silent', '${source}', 'elsewhere', 8, now64(3) - 61)`);
  hub.ask(`insert into partition_ownership_stored (source, partition_id, owner_id, etag) values
    ('${source}', '0', '!busy', 100), ('${source}', '1', 'silent', 100)`);
  await vi.waitUntil(() => hub.shares() === '7 1 11 2', WAIT);
  for (const { id } of hub.peer.hub.partitions) append(hub.peer, id, 30, 35);
  await vi.waitUntil(() => hub.checkpoints().slice(1).join() === '1\t34\t35,2\t34\t35', WAIT);
  expect(hub.checkpoints()[0]).toBe('0\t29\t30');

  // What another process has stored meanwhile is not stored again, and reading goes on from there.
  append(hub.peer, '1', 35, 45);
  hub.ask(`insert into checkpoints_stored
    select * replace ('39' as position, '3900' as event_offset) from checkpoints where partition_id = '1'`);
  hub.release();
  await vi.waitUntil(() => hub.checkpoints()[1] === '1\t44\t40', WAIT);
  hub.ask("alter table partition_owners drop partition '!busy'");
  goesOn = false;
  expect(await first).toMatchObject({ duplicate: 0, gaps: 0, others: [] });
  expect(hub.checkpoints()).toEqual(['0\t34\t35', '1\t44\t40', '2\t34\t35']);
  expect(countsIn('shared')).toBe('110\t110\t110\t110\t0\t0\n');
  // Who leaves has nothing any more.
  expect(hub.shares()).toBe('');
  expect(hub.ask('select count() from partition_owners')).toBe('0');
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
