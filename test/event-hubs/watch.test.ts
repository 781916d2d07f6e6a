import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Store } from '../../store/store.ts';
import { run, start } from '../cli/program.ts';
import { requests } from '../cli/requests.ts';
import { GROUP, HUB, temporaryFolder } from './hub-run.ts';
import { gatewayRecord } from './peer/gateway-events.ts';
import { EventHubsPeer } from './peer/peer.ts';

const VARIABLE = 'EVENT_HUBS_CONNECTION';
const OTHER = 'OTHER_CONNECTION';
const WAIT = { timeout: 60_000, interval: 50 };

/** A stream that brings nothing is given up after a minute. */
const LESS_THAN_SILENCE = { timeout: 55_000, interval: 50 };

vi.setConfig({ testTimeout: 240_000 });

test('a watch takes what comes by streams and by file, and others can ask meanwhile', async () => {
  using folder = temporaryFolder();
  const db = join(folder.path, 'w.duckdb');
  const config = join(folder.path, 'mcp-witness.yaml');
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }
sources:
  - { name: long, kind: event-hubs, connection_string_env: ${OTHER}, hub: ${HUB}, consumer_group: other }
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
  - { name: server, kind: files, paths: ["./*.ndjson"] }
`,
  );
  writeFileSync(join(folder.path, 'first.ndjson'), requests(10));
  await using long = await peerOf();
  await using peer = await peerOf();
  // A hub that does not come to its end keeps nothing else from being read.
  fill(long, 60, '1');
  long.faults.holdAfter = 40;
  fill(peer, 300);

  const env = { [VARIABLE]: peer.connectionString, [OTHER]: long.connectionString };
  const watching = start(['run', '--watch', '--every', '0.2s', '--config', config], { env });
  try {
    await vi.waitUntil(async () => (await stored(db)).verdicts > 0, LESS_THAN_SILENCE);
    expect(await stored(db)).toMatchObject({ events: 350, runs: 1 });

    fill(peer, 200);
    writeFileSync(join(folder.path, 'second.ndjson'), requests(5, 10));
    await vi.waitUntil(async () => (await stored(db)).events === 555, LESS_THAN_SILENCE);
    long.faults.holdAfter = Number.MAX_SAFE_INTEGER;
    await vi.waitUntil(async () => (await stored(db)).events === 575, WAIT);
    await vi.waitUntil(async () => (await stored(db)).runs > 1, WAIT);
    for (const question of [
      ['timeline'],
      ['query', 'sre/coverage_by_source'],
      ['report', 'all', '--out', join(folder.path, 'r.html')],
    ]) {
      expect(await run([...question, '--db', db]), question[0]).toMatchObject({ code: 0 });
    }
  } finally {
    watching.child.kill('SIGTERM');
  }
  const { code, err } = await watching.ended;

  expect(code, err).toBe(130);
  expect(err).toContain('judged: ');
  // What had not changed was not read again.
  const [read] = await booksOf(db);
  expect(read).toEqual({ received: 15 });
});

async function peerOf(): Promise<EventHubsPeer & AsyncDisposable> {
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 1, groups: [GROUP, 'other'] });
  return Object.assign(peer, { [Symbol.asyncDispose]: () => peer.stop() });
}

function fill(peer: EventHubsPeer, count: number, as = '0'): void {
  const begin = peer.hub.partition('0')?.end ?? 0;
  for (let no = begin; no < begin + count; no += 1) {
    peer.append('0', { body: Buffer.from(`{"records":[${gatewayRecord(as, no)}]}`) });
  }
}

interface Seen {
  readonly events: number;
  readonly runs: number;
  readonly verdicts: number;
}

/** What another process sees; nothing before the database is made. */
async function stored(db: string): Promise<Seen> {
  try {
    using store = await Store.openToRead(db);
    const [row] = await store.rows(
      `select (select count(*) from events)::int as events, (select count(*) from correlation_runs)::int as runs,
              (select count(*) from slo_verdicts)::int as verdicts`,
    );
    return row as unknown as Seen;
  } catch {
    return { events: 0, runs: 0, verdicts: 0 };
  }
}

async function booksOf(db: string) {
  using store = await Store.openToRead(db);
  return await store.rows(
    "select sum(received)::int as received from ingest_batches where source like '%.ndjson'",
  );
}
