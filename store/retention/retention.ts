import { readSqlFile } from '../sql-file.ts';
import type { Store } from '../store.ts';

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
  const conditions = cut.class === 'evidence' ? await evidenceBefore(store, cut) : verdictsBefore();
  const counts: OldRows[] = [];
  for (const [table, condition] of Object.entries(conditions)) {
    const [row] = await store.query<{ rows: number }>(
      anonymous(`select count(*) as rows from ${table} where ${condition}`),
      /\{cut_at:/.test(condition) ? { cut_at: cut.keptFrom } : {},
    );
    counts.push({ ...cut, table, rows: Number(row?.rows) });
  }
  return counts;
}

/** The rows that go, by table, as conditions in the shared subset over `cut_at` and the temporary table. */
export const EVIDENCE_CONDITIONS: Readonly<Record<string, string>> = {
  events: `event_id in (select event_id from ${GONE})`,
  correlated_calls: '"timestamp" < {cut_at:Timestamp}',
  approvals: `event_id in (select event_id from ${GONE})`,
  auth_attempts: `event_id in (select event_id from ${GONE})`,
  model_calls: `event_id in (select event_id from ${GONE})`,
  // Rejects have no time: they go with the batches that were read before any evidence that stays.
  rejected_records: `batch_id < (
    select coalesce(min(batch_id), 0) from ingest_batches where last_at >= {cut_at:Timestamp})`,
};

export const VERDICT_CONDITIONS: Readonly<Record<string, string>> = {
  slo_verdicts: 'window_to < {cut_at:Timestamp}',
  control_verdicts: 'window_to < {cut_at:Timestamp}',
};

async function evidenceBefore(
  store: Store,
  { keptFrom }: Cut,
): Promise<Readonly<Record<string, string>>> {
  const file = readSqlFile('store/retention/gone_events.sql');
  await store.query(
    { ...file, sql: `create or replace temp table ${GONE} as\n${file.sql}` },
    {
      cut_at: keptFrom,
      near_from: later(keptFrom, -NEAR_MS),
      near_to: later(keptFrom, NEAR_MS),
    },
  );
  return EVIDENCE_CONDITIONS;
}

function verdictsBefore(): Readonly<Record<string, string>> {
  return VERDICT_CONDITIONS;
}

/** A statement of this folder that has no file. */
export function anonymous(sql: string) {
  return { path: 'store/retention', sql, header: {}, params: [], columns: [] };
}

/** The last instant that is gone; a window that begins at the cut lacks nothing. */
export function endOfGone({ keptFrom }: Cut): string {
  return `${new Date(Date.parse(keptFrom) - 1).toISOString().slice(0, -1)}999Z`;
}
