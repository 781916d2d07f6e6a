import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Store } from '../../store/store.ts';
import { type Ended, start } from '../cli/program.ts';
import type { PeerProcess } from './peer/peer-process.ts';

/** The program over a hub of the peer, to be started and killed as often as one likes. */
export interface Victim {
  readonly db: string;
  /** Starts `ingest event-hubs`. */
  start(): ReturnType<typeof start>;
  /** How many events are stored by now; it may be asked while the program runs. */
  committed(): Promise<number>;
  /** Waits until a process that was just started has committed, or has ended. */
  firstCommit(ended: Promise<unknown>, withinMs: number): Promise<void>;
  /** What is stored, read once no process holds the database. */
  stored(): Promise<Stored>;
}

export interface Stored {
  readonly rows: number;
  readonly distinct: number;
  /** Sum of all commits. */
  readonly received: number;
  readonly gaps: number;
  readonly positions: Readonly<Record<string, number>>;
}

const VARIABLE = 'EVENT_HUBS_CONNECTION';

export function victim(folder: string, hub: string, group: string, peer: PeerProcess): Victim {
  const config = join(folder, 'mcp-witness.yaml');
  const db = join(folder, 'w.duckdb');
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }\nsources:\n  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${hub}, consumer_group: ${group} }\n`,
  );
  return {
    db,
    committed: () => committedIn(db),
    firstCommit: (ended, withinMs) => firstCommit(db, ended, withinMs),
    start: () =>
      start(['ingest', 'event-hubs', '--config', config], {
        env: { [VARIABLE]: peer.connectionString },
      }),
    stored: () => storedIn(db),
  };
}

/** How many events are stored by now; it may be asked while the program runs. */
export async function committedIn(db: string): Promise<number> {
  if (!existsSync(db)) return 0;
  try {
    using store = await Store.openToRead(db);
    const [row] = await store.rows('select count(*) as rows from events');
    return Number(row?.['rows']);
  } catch {
    // It is only being made.
    return 0;
  }
}

async function firstCommit(db: string, ended: Promise<unknown>, withinMs: number): Promise<void> {
  const before = await committedIn(db);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const until = performance.now() + withinMs;
  while (!isOver && (await committedIn(db)) === before) {
    if (performance.now() > until) throw new Error('nothing was committed');
    await sleep(50);
  }
}

async function storedIn(db: string): Promise<Stored> {
  if (!existsSync(db)) return { rows: 0, distinct: 0, received: 0, gaps: 0, positions: {} };
  // To write, so that what a killed process left in the log is taken up.
  using store = await Store.openToWrite(db);
  const [events] = await store.rows(
    'select count(*) as rows, count(distinct correlation_id) as distinct_rows from events',
  );
  const [books] = await store.rows(
    'select coalesce(sum(received), 0)::bigint as received from ingest_batches',
  );
  const [gaps] = await store.rows('select count(*) as gaps from stream_gaps');
  const positions = await store.rows('from checkpoints');
  return {
    rows: Number(events?.['rows']),
    distinct: Number(events?.['distinct_rows']),
    received: Number(books?.['received']),
    gaps: Number(gaps?.['gaps']),
    positions: Object.fromEntries(
      positions.map((row) => [row['partition_id'], Number(row['position'])]),
    ),
  };
}

/** Runs to the end, through as many starts as it takes. */
export async function runToEnd(subject: Victim): Promise<Ended> {
  for (let attempt = 0; ; attempt += 1) {
    const ended = await subject.start().ended;
    if (ended.code === 0 || attempt === 10) return ended;
  }
}

/** Draws the same numbers for the same seed: [0, 1). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
