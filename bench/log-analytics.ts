import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { LogsQueryClient } from '@azure/monitor-query-logs';
import { PULL_MEMORY } from '../cli/open.ts';
import { ingestLogAnalytics } from '../ingest/ingest-log-analytics.ts';
import { listPulls, windowed } from '../ingest/kql.ts';
import { isoOfTicks, ticksOf, ticksOfMs } from '../ingest/log-analytics/ticks.ts';
import { Store } from '../store/store.ts';
import { startPeerProcess } from '../test/log-analytics/peer/peer-process.ts';

/** Rows of the table. */
const ROWS = Number(process.argv[2] ?? 1_000_000);
/** Makes a row about 1,100 bytes. */
const PADDING = 550;
const EVERY_MS = 100;
/** Rows that an answer holds here as there: what our windows come to. */
const WINDOW_ROWS = 9_000;
/** Rows stored a second, as a share of what the bare client discards of the same results. */
const MIN_RATIO = 0.6;
const MAX_MB = 1_000;
const WORKSPACE = '0a1b2c3d-0000-4000-8000-000000000001';
const TABLE = 'ApiManagementGatewayLogs';
const NOW = '2026-11-22T00:00:00Z';

const credential = {
  getToken: async () => ({
    token: 'a token of the tests',
    expiresOnTimestamp: Date.now() + 3_600_000,
  }),
};

/** Rows a second when the client does what it does, and nothing is kept. */
async function bareRate(endpoint: string): Promise<number> {
  const pull = listPulls().find(({ table }) => table === TABLE);
  if (!pull) throw new Error(`nothing is known of ${TABLE}`);
  const client = new LogsQueryClient(credential, {
    endpoint,
    credentials: { scopes: [`${new URL(endpoint).origin}/.default`] },
  });
  const begin = ticksOf('2026-11-20T00:03:00Z');
  const [startTime, endTime] = [new Date('2026-11-19'), new Date('2026-11-23')];
  const time = { from: isoOfTicks(ticksOf('2026-11-19T00:00:00Z')), to: isoOfTicks(ticksOf(NOW)) };
  let rows = 0;
  const since = performance.now();
  for (let no = 0; no < ROWS; no += WINDOW_ROWS) {
    const at = (row: number) => isoOfTicks(begin + ticksOfMs(row * EVERY_MS));
    const kql = windowed(pull, { time, ingested: { from: at(no), to: at(no + WINDOW_ROWS) } });
    const result = await client.queryWorkspace(WORKSPACE, kql, { startTime, endTime });
    if (result.status !== 'Success') throw new Error('the bare client got a part');
    rows += result.tables[0]?.rows.length ?? 0;
  }
  if (rows !== ROWS) throw new Error(`the bare client got ${rows} of ${ROWS} rows`);
  return rows / ((performance.now() - since) / 1000);
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
try {
  await using peer = await startPeerProcess({
    workspace: WORKSPACE,
    generated: ROWS,
    everyMs: EVERY_MS,
    padding: PADDING,
    now: NOW,
  });
  setDefaultCACertificates([...getCACertificates('default'), peer.certificate]);
  using store = await Store.openToAdd(join(folder, 'logs.duckdb'), { memoryLimit: PULL_MEMORY });
  let peak = 0;
  const since = performance.now();
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss() / 1e6);
  }, 20);
  const { stored } = await ingestLogAnalytics(
    store,
    {
      name: 'bench',
      kind: 'log-analytics',
      apis: [],
      workspaces: [WORKSPACE],
      resource: undefined,
      tables: [TABLE],
      endpoint: peer.endpoint,
      start: '2026-11-19T00:00:00Z',
      settleMs: 1_800_000,
    },
    {
      key: 'bench',
      now: () => new Date(NOW),
      claimant: { pid: process.pid, isRunning: () => true },
      credential,
    },
  );
  clearInterval(watch);
  const rate = ROWS / ((performance.now() - since) / 1000);
  if (stored !== ROWS) throw new Error(`${stored} of ${ROWS} rows were stored`);
  // Behind ours, so that what it leaves in memory is not taken for ours.
  const bare = await bareRate(peer.endpoint);
  const ratio = rate / bare;
  console.log(
    `log-analytics: ${ROWS} rows: ${rate.toFixed(0)} stored/s, the bare client ${bare.toFixed(0)}/s, ` +
      `ratio ${ratio.toFixed(2)} (at least ${MIN_RATIO}), peak ${peak.toFixed(0)} MB (at most ${MAX_MB})`,
  );
  if (ratio < MIN_RATIO || peak > MAX_MB) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
