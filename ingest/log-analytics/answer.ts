import { readSqlFile } from '../../store/sql-file.ts';
import type { Store } from '../../store/store.ts';
import type { RowBatch } from '../transports/batches.ts';
import { innermostError, QueryFailure } from './failures.ts';

/** The service's own bound. An answer with as many may have lost some without saying so. */
const MAX_ANSWER_ROWS = 500_000;

interface Check {
  readonly is_sound: boolean;
  readonly error: string | null;
  readonly names: readonly string[];
  readonly rows: number;
}

/**
 * Gives the text of an answer to the engine, on the connection of the mapper that is to take its rows; the
 * next answer takes its place. Throws a QueryFailure when it is not whole.
 */
export async function openAnswer(store: Store, body: Buffer): Promise<RowBatch> {
  await store.script('create or replace temp table answer (body blob)');
  await store.append('answer', [body]);
  const [check] = await store.query<Check>('ingest/log-analytics/answer_check.sql');
  if (check?.error != null) throw partial(check.error);
  if (!check?.is_sound) throw new QueryFailure('cut', 'the answer is no JSON to its end');
  if (check.rows >= MAX_ANSWER_ROWS) {
    throw new QueryFailure('partial', `${check.rows} rows, as many as an answer can have`);
  }
  const from = readSqlFile('ingest/log-analytics/answer_rows.sql').sql;
  return { from, names: check.names, count: check.rows, bytes: body.length };
}

/** Lets go of the text of an answer. */
export async function closeAnswer(store: Store): Promise<void> {
  await store.script('drop table if exists answer');
}

/** The cells of a small answer, such as of a sum. */
export function cellsOf(body: Buffer): (string | number | null)[][] {
  const answer = parsed(body.toString('utf8'));
  if (answer.error) throw partial(JSON.stringify(answer.error));
  const rows = answer.tables?.[0]?.rows;
  if (!Array.isArray(rows)) throw new QueryFailure('cut', 'an answer without rows');
  return rows;
}

function parsed(text: string): {
  error?: object;
  tables?: { rows?: (string | number | null)[][] }[];
} {
  try {
    return JSON.parse(text);
  } catch {
    throw new QueryFailure('cut', 'the answer is no JSON to its end');
  }
}

function partial(error: string): QueryFailure {
  const { code, message = 'rows are missing' } = innermostError(`{"error":${error}}`);
  return new QueryFailure('partial', message, { code });
}
