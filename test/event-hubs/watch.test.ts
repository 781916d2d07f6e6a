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
const WAIT = { timeout: 60_000, interval: 50 };

vi.setConfig({ testTimeout: 240_000 });

test('a watch takes what comes by stream and by file, and others can ask meanwhile', async () => {
  using folder = temporaryFolder();
  const db = join(folder.path, 'w.duckdb');
  const config = join(folder.path, 'mcp-witness.yaml');
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }
sources:
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
  - { name: server, kind: files, paths: ["./*.ndjson"] }
`,
  );
  writeFileSync(join(folder.path, 'first.ndjson'), requests(10));
  await using peer = await peerOf();
  fill(peer, 300);

  const env = { [VARIABLE]: peer.connectionString };
  const watching = start(['run', '--watch', '--every', '0.2s', '--config', config], { env });
  try {
    await vi.waitUntil(async () => (await stored(db)).verdicts > 0, WAIT);
    expect(await stored(db)).toMatchObject({ events: 310, runs: 1 });

    fill(peer, 200);
    writeFileSync(join(folder.path, 'second.ndjson'), requests(5, 10));
    await vi.waitUntil(async () => (await stored(db)).events === 515, WAIT);
    await vi.waitUntil(async () => (await stored(db)).runs > 1, WAIT);
    expect(await run(['timeline', '--db', db])).toMatchObject({ code: 0 });
  } finally {
    watching.child.kill('SIGINT');
  }
  const { code, err } = await watching.ended;

  expect(code, err).toBe(130);
  expect(err).toContain('judged: ');
  // What had not changed was not read again.
  const [read] = await booksOf(db);
  expect(read).toEqual({ received: 15 });
});

async function peerOf(): Promise<EventHubsPeer & AsyncDisposable> {
  const peer = await EventHubsPeer.start({ name: HUB, partitions: 1, groups: [GROUP] });
  return Object.assign(peer, { [Symbol.asyncDispose]: () => peer.stop() });
}

function fill(peer: EventHubsPeer, count: number): void {
  const begin = peer.hub.partition('0')?.end ?? 0;
  for (let no = begin; no < begin + count; no += 1) {
    peer.append('0', { body: Buffer.from(`{"records":[${gatewayRecord('0', no)}]}`) });
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
