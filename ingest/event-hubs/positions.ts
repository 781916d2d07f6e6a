import type { Row, Store } from '../../store/store.ts';
import type { Gap } from './gaps.ts';

/** How far a partition has been read: the highest sequence number, and its event's place. */
export interface Position {
  readonly sequenceNumber: number;
  readonly offset: string;
  /** ISO-8601; null: the position is not one of an event that was seen. */
  readonly enqueuedAt: string | null;
}

/** What the store keeps of a partition. */
export interface Checkpoint extends Position {
  readonly partition: string;
  /** When the hub was made that the position is one of. */
  readonly streamCreatedAt: string | null;
}

/** What a commit adds to a partition's checkpoint. */
export interface Advance extends Checkpoint {
  readonly events: number;
  readonly redelivered: number;
  readonly gaps: readonly Gap[];
}

/** Where the partitions of a source stand, whose name is in lower case. */
export async function readCheckpoints(store: Store, source: string): Promise<Checkpoint[]> {
  return checkpointsOf(await store.query<Row>('ingest/event-hubs/checkpoints.sql', { source }));
}

/** Rows of the table as what they say. */
export function checkpointsOf(rows: readonly Row[]): Checkpoint[] {
  return rows.map((row) => ({
    partition: String(row['partition_id']),
    sequenceNumber: Number(row['position']),
    offset: textOf(row, 'event_offset') ?? '-1',
    enqueuedAt: textOf(row, 'enqueued_at'),
    streamCreatedAt: textOf(row, 'stream_created_at'),
  }));
}

/**
 * Brings what was kept under the same names in other letters under the one name that is used. Of two
 * checkpoints of a partition the one that was moved last stays: what it has not read is read, and what
 * only the other has is a duplicate then.
 */
export async function foldNames(store: Store, source: string): Promise<void> {
  const [other] = await store.rows(
    'select 1 from checkpoints where lower(source) = $source and source <> $source',
    { source },
  );
  if (!other) return;
  await store.transaction(async () => {
    for (const file of ['drop_older_checkpoints', 'fold_checkpoints', 'fold_gaps']) {
      await store.query(`ingest/event-hubs/${file}.sql`, { source });
    }
  });
}

function textOf(row: Row, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}

/** Moves a checkpoint and notes its gaps; for the transaction of the rows that it covers. */
export async function writeAdvance(
  store: Store,
  source: string,
  advance: Advance,
  now: Date,
): Promise<void> {
  const { partition, sequenceNumber, offset, enqueuedAt, streamCreatedAt } = advance;
  const { events, redelivered } = advance;
  const values = {
    source,
    partition,
    position: String(sequenceNumber),
    offset,
    enqueued_at: enqueuedAt,
    created_at: streamCreatedAt,
    events,
    redelivered,
    now: now.toISOString(),
  };
  const [moved] = await store.query('ingest/event-hubs/move_checkpoint.sql', values);
  if (Number(moved?.['Count']) === 0) {
    await store.query('ingest/event-hubs/add_checkpoint.sql', values);
  }
  for (const { cause, from, to, fromAt, toAt } of advance.gaps) {
    await store.query('ingest/event-hubs/add_gap.sql', {
      source,
      partition,
      cause,
      from_no: from,
      to_no: to,
      from_at: fromAt,
      to_at: toAt,
      now: now.toISOString(),
    });
  }
}
