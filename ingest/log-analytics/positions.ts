import type { Store } from '../../store/store.ts';
import type { Progress } from './progress.ts';
import { isoOfTicks, ticksOf } from './ticks.ts';

/** Which table of a source, and which of its pulls: `checkpoints` keeps a row for each. */
export interface Place {
  readonly source: string;
  readonly partition: string;
}

interface KeptPlace {
  readonly begin: string;
  readonly unsettled: readonly (readonly [string, string, number | null])[];
  /** Absent: no tick is being read in parts. */
  readonly within?: readonly (readonly [string, number, number])[];
}

/** How far it was read; undefined: not at all. */
export async function readProgress(store: Store, place: Place): Promise<Progress | undefined> {
  const [row] = await store.rows(
    'select position, event_offset from checkpoints where source = $source and partition_id = $partition',
    { ...place },
  );
  if (row === undefined) return undefined;
  const kept = JSON.parse(String(row['event_offset'])) as KeptPlace;
  return {
    begin: ticksOf(kept.begin),
    position: ticksOf(String(row['position'])),
    unsettled: kept.unsettled.map(([from, to, rows]) => ({
      from: ticksOf(from),
      to: ticksOf(to),
      rows,
    })),
    within: (kept.within ?? []).map(([at, parts, rows]) => ({ at: ticksOf(at), parts, rows })),
  };
}

/** For the transaction of the rows that it covers. */
export async function writeProgress(
  store: Store,
  place: Place,
  { begin, position, unsettled, within }: Progress,
  { rows, now }: { readonly rows: number; readonly now: Date },
): Promise<void> {
  const kept: KeptPlace = {
    begin: isoOfTicks(begin),
    unsettled: unsettled.map(({ from, to, rows: read }) => [
      isoOfTicks(from),
      isoOfTicks(to),
      read,
    ]),
    ...(within.length > 0 && {
      within: within.map(({ at, parts, rows: read }) => [isoOfTicks(at), parts, read] as const),
    }),
  };
  const values = {
    ...place,
    position: isoOfTicks(position),
    place: JSON.stringify(kept),
    rows,
    now: now.toISOString(),
  };
  const known = await readProgress(store, place);
  const file = known === undefined ? 'add_progress' : 'move_progress';
  await store.query(`ingest/log-analytics/${file}.sql`, values);
}

export async function forgetProgress(store: Store, place: Place): Promise<void> {
  await store.run('delete from checkpoints where source = $source and partition_id = $partition', {
    ...place,
  });
}
