import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../store/store.ts';
import { type Running, start } from '../cli/program.ts';
import { committedIn } from '../event-hubs/crashing.ts';
import { TABLE, WORKSPACE } from './logs-run.ts';
import { type PeerProcess, type StartOptions, startPeerProcess } from './peer/peer-process.ts';

/** The real program over a service on loopback, to be started and killed as often as one likes. */
export interface Subject extends AsyncDisposable {
  readonly peer: PeerProcess;
  readonly config: string;
  readonly db: string;
  /** Starts `ingest log-analytics`, or other words of the command line. */
  start(args?: readonly string[], env?: Record<string, string>): Running;
  /** How many events are stored by now; it may be asked while the program runs. */
  committed(): Promise<number>;
  /** What is stored, once no process holds the database. */
  stored(): Promise<Stored>;
}

export interface Stored {
  readonly rows: number;
  readonly distinct: number;
  /** Of all commits. */
  readonly received: number;
  readonly position: string;
}

export const NOW = '2026-11-21T00:00:00Z';

export async function subjectOver(
  given: Partial<StartOptions> & { readonly generated: number },
  { tables = TABLE, workspace = WORKSPACE } = {},
): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-logs-'));
  const peer = await startPeerProcess({ workspace: WORKSPACE, now: NOW, ...given });
  const config = join(folder, 'mcp-witness.yaml');
  const db = join(folder, 'w.duckdb');
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }\nsources:\n  - { name: logs, kind: log-analytics, workspace_id: ${workspace}, tables: [${tables}], endpoint: "${peer.endpoint}", start: 2026-11-19 }\n`,
  );
  return {
    ...{ peer, config, db },
    start: (args = ['ingest', 'log-analytics'], env = {}) =>
      start([...args, '--config', config], { env: { ...peer.env(folder), ...env } }),
    committed: () => committedIn(db),
    stored: () => storedIn(db),
    [Symbol.asyncDispose]: async () => {
      await peer[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function storedIn(db: string): Promise<Stored> {
  // To write, so that what a killed process left in the log is taken up.
  using store = await Store.openToWrite(db);
  const [events] = await store.rows(
    'select count(*) as rows, count(distinct correlation_id) as distinct_rows from events',
  );
  const [books] = await store.rows(
    'select coalesce(sum(received), 0)::bigint as received from ingest_batches',
  );
  const [checkpoint] = await store.rows('select position from checkpoints');
  return {
    rows: Number(events?.['rows']),
    distinct: Number(events?.['distinct_rows']),
    received: Number(books?.['received']),
    position: String(checkpoint?.['position'] ?? ''),
  };
}
