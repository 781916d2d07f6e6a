import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventHubsSource } from '../../ingest/config/config.ts';
import {
  type EventHubsOptions,
  type EventHubsSummary,
  ingestEventHub,
} from '../../ingest/ingest-event-hubs.ts';
import { type Row, Store } from '../../store/store.ts';
import { gatewayRecord } from './peer/gateway-events.ts';
import type { HubOptions } from './peer/hub.ts';
import { EventHubsPeer } from './peer/peer.ts';

export const HUB = 'apim-logs';
export const GROUP = 'mcp-witness';
const VARIABLE = 'EVENT_HUBS_CONNECTION';

/** A hub on loopback, a database, and the way from one into the other. */
export interface HubRun extends AsyncDisposable {
  readonly peer: EventHubsPeer;
  readonly store: Store;
  readonly source: EventHubsSource;
  ingest(
    options?: Partial<EventHubsOptions>,
    source?: Partial<EventHubsSource>,
  ): Promise<EventHubsSummary>;
  /** Appends that many gateway records to a partition. */
  fill(partition: string, count: number): void;
}

export function hubSource(given: Partial<EventHubsSource> = {}): EventHubsSource {
  return {
    name: 'stream',
    kind: 'event-hubs',
    apis: [],
    hub: HUB,
    namespace: undefined,
    connectionStringEnv: VARIABLE,
    consumerGroup: GROUP,
    mapping: undefined,
    start: 'earliest',
    ...given,
  };
}

/** Starts a hub of two partitions, or as it is asked for, beside an empty database. */
export async function hubRun(given: Partial<HubOptions> = {}): Promise<HubRun> {
  const peer = await EventHubsPeer.start({
    name: HUB,
    partitions: 2,
    groups: ['$Default', GROUP],
    ...given,
  });
  const store = await Store.inMemory();
  const source = hubSource();
  return {
    peer,
    store,
    source,
    ingest: (options = {}, changed = {}) =>
      ingestEventHub(
        store,
        { ...source, ...changed },
        {
          key: 'a key of the tests',
          env: { [VARIABLE]: peer.connectionString },
          now: () => new Date('2026-11-20T12:00:00Z'),
          claimant: { pid: 1, isRunning: () => true },
          patienceMs: 15_000,
          ...options,
        },
      ),
    fill: (partition, count) => {
      const begin = peer.hub.partition(partition)?.end ?? 0;
      for (let no = begin; no < begin + count; no += 1) {
        peer.append(partition, {
          body: Buffer.from(`{"records":[${gatewayRecord(partition, no)}]}`),
        });
      }
    },
    [Symbol.asyncDispose]: async () => {
      await peer.stop();
      store.close();
    },
  };
}

/** Where each partition stands: the highest sequence number that is stored. */
export async function positionsOf(store: Store): Promise<Record<string, number>> {
  const rows = await store.rows('from checkpoints order by partition_id');
  return Object.fromEntries(rows.map((row) => [row['partition_id'], Number(row['position'])]));
}

export async function gapsOf(store: Store): Promise<Row[]> {
  return store.rows(
    'select partition_id, cause, from_sequence_number, to_sequence_number from stream_gaps order by all',
  );
}

/** How many requests are stored, and how many different ones. */
export async function countOf(store: Store): Promise<{ rows: number; distinct: number }> {
  const [row] = await store.rows(
    'select count(*) as rows, count(distinct correlation_id) as distinct_rows from events',
  );
  return { rows: Number(row?.['rows']), distinct: Number(row?.['distinct_rows']) };
}

/** A folder of one's own, gone with the test. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mcp-witness-hub-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
