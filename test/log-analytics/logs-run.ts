import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { LogAnalyticsSource } from '../../ingest/config/config.ts';
import {
  ingestLogAnalytics,
  type LogAnalyticsOptions,
  type LogAnalyticsSummary,
} from '../../ingest/ingest-log-analytics.ts';
import { Store } from '../../store/store.ts';
import { gatewayRow } from './peer/gateway-rows.ts';
import { LogsPeer, TOKEN } from './peer/peer.ts';

export const WORKSPACE = '0a1b2c3d-0000-4000-8000-000000000001';
export const TABLE = 'ApiManagementGatewayLogs';

/** A service on loopback, a database, and the way from one into the other. */
export interface LogsRun extends AsyncDisposable {
  readonly peer: LogsPeer;
  readonly store: Store;
  /** What was waited for. */
  readonly pauses: number[];
  ingest(
    options?: Partial<LogAnalyticsOptions>,
    source?: Partial<LogAnalyticsSource>,
  ): Promise<LogAnalyticsSummary>;
  /** Adds that many gateway rows, with numbers from there on. */
  fill(count: number, from?: number): void;
}

export function logsSource(given: Partial<LogAnalyticsSource> = {}): LogAnalyticsSource {
  return {
    name: 'logs',
    kind: 'log-analytics',
    apis: [],
    workspaces: [WORKSPACE],
    resource: undefined,
    tables: [TABLE],
    endpoint: '',
    start: '30d',
    settleMs: 1_800_000,
    ...given,
  };
}

/** Starts the service with an empty table, beside an empty database. */
export async function logsRun(): Promise<LogsRun> {
  const peer = await LogsPeer.start();
  peer.add(WORKSPACE, TABLE, []);
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, peer.certificate.cert]);
  const store = await Store.inMemory();
  const pauses: number[] = [];
  return {
    peer,
    store,
    pauses,
    ingest: (options = {}, source = {}) => {
      const pause = async (ms: number): Promise<void> => {
        pauses.push(ms);
      };
      return ingestOver(peer, store, { pause, ...options }, source);
    },
    fill: (count, from = 0) => {
      peer.add(
        WORKSPACE,
        TABLE,
        Array.from({ length: count }, (_, no) => gatewayRow(from + no)),
      );
    },
    [Symbol.asyncDispose]: async () => {
      await peer.stop();
      store.close();
      setDefaultCACertificates(before);
    },
  };
}

/** Pulls what the service has into a store. */
export function ingestOver(
  peer: LogsPeer,
  store: Store,
  options: Partial<LogAnalyticsOptions>,
  source: Partial<LogAnalyticsSource>,
): Promise<LogAnalyticsSummary> {
  return ingestLogAnalytics(store, logsSource({ endpoint: peer.endpoint, ...source }), {
    key: 'a key of the tests',
    now: () => peer.now(),
    claimant: { pid: 1, isRunning: () => true },
    credential: {
      getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
    },
    ...options,
  });
}

/** How many requests are stored, and how many different ones. */
export async function countOf(store: Store): Promise<{ rows: number; distinct: number }> {
  const [row] = await store.rows(
    'select count(*) as rows, count(distinct correlation_id) as distinct_rows from events',
  );
  return { rows: Number(row?.['rows']), distinct: Number(row?.['distinct_rows']) };
}

/** How far each table of each place was read. */
export async function positionsOf(store: Store): Promise<Record<string, string>> {
  const rows = await store.rows('from checkpoints order by source, partition_id');
  return Object.fromEntries(
    rows.map((row) => [`${row['source']}/${row['partition_id']}`, String(row['position'])]),
  );
}
