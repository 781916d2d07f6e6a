import { readSqlFile } from '../sql-file.ts';
import type { Row, Store } from '../store.ts';

/** Evidence and what is made of it, calls and attempts; or what was judged. */
export type RetentionClass = 'evidence' | 'verdicts';

/** What of a class is before a UTC midnight goes. */
export interface Cut {
  readonly class: RetentionClass;
  /** ISO-8601. */
  readonly keptFrom: string;
}

/** How many rows of a table go. */
export interface OldRows extends Cut {
  readonly table: string;
  readonly rows: number;
}

/** Evidence of one call is not further apart than this. */
const NEAR_MS = 7 * 86_400_000;
/** What goes of the evidence, as the counting has found it. */
export const GONE = 'gone_events';

const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();

/** Finds and counts what goes; of evidence the events are in a temporary table afterwards. */
export async function countOld(store: Store, cut: Cut): Promise<OldRows[]> {
  if (cut.class === 'evidence') await findGone(store, cut);
  const counts: OldRows[] = [];
  await ofOldRows(store, cut, 'select count(*) as rows', (table, [row]) => {
    counts.push({ ...cut, table, rows: Number(row?.['rows']) });
  });
  return counts;
}

/** Runs the beginning of a statement, such as a `delete`, over the rows of each table that go. */
export async function ofOldRows(
  store: Store,
  cut: Cut,
  statement: string,
  onTable: (table: string, answer: readonly Row[]) => void = () => undefined,
): Promise<void> {
  for (const [table, condition] of Object.entries(CONDITIONS[cut.class])) {
    const sql = `${statement} from ${table} where ${condition}`;
    const file = { path: 'store/retention', sql, header: {}, params: [], columns: [] };
    onTable(table, await store.query(file, { cut_at: cut.keptFrom }));
  }
}

/** The rows that go, by class and table, as conditions in the shared subset over `cut_at` and the temporary table. */
const CONDITIONS: Readonly<Record<RetentionClass, Readonly<Record<string, string>>>> = {
  evidence: {
    events: `event_id in (select event_id from ${GONE})`,
    correlated_calls: '"timestamp" < {cut_at:Timestamp}',
    approvals: `event_id in (select event_id from ${GONE})`,
    auth_attempts: `event_id in (select event_id from ${GONE})`,
    model_calls: `event_id in (select event_id from ${GONE})`,
    // Rejects have no time: they go with the batches that were read before any evidence that stays.
    rejected_records: `batch_id < (
      select coalesce(min(batch_id), 0) from ingest_batches where last_at >= {cut_at:Timestamp})`,
  },
  verdicts: {
    slo_verdicts: 'window_to < {cut_at:Timestamp}',
    control_verdicts: 'window_to < {cut_at:Timestamp}',
  },
};

async function findGone(store: Store, { keptFrom }: Cut): Promise<void> {
  const file = readSqlFile('store/retention/gone_events.sql');
  await store.query(
    { ...file, sql: `create or replace temp table ${GONE} as\n${file.sql}` },
    {
      cut_at: keptFrom,
      near_from: later(keptFrom, -NEAR_MS),
      near_to: later(keptFrom, NEAR_MS),
    },
  );
}

/** The last instant that is gone; a window that begins at the cut lacks nothing. */
export function endOfGone({ keptFrom }: Cut): string {
  return `${new Date(Date.parse(keptFrom) - 1).toISOString().slice(0, -1)}999Z`;
}
