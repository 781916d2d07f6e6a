import type { Store } from '../../store/store.ts';
import type { TextBatch } from '../transports/batches.ts';
import { innermostError, QueryFailure } from './failures.ts';

/** The rows of an answer, as text for a mapper. */
export interface Rows {
  readonly rows: number;
  readonly batches: readonly TextBatch[];
}

/** The service's own bound. An answer with as many may have lost some without saying so. */
const MAX_ANSWER_ROWS = 500_000;
/** Of a piece of text. */
const BLOCK_ROWS = 8_192;

/** Reads an answer. Throws a QueryFailure when it is not whole. */
export async function rowsOf(reader: Store, text: string): Promise<Rows> {
  await reader.script('create or replace temp table answer (body blob)');
  await reader.append('answer', [Buffer.from(text, 'utf8')]);
  await reader.query('ingest/log-analytics/answer_opened.sql');
  await reader.script('drop table answer');
  const [check] = await reader.query<{ is_sound: boolean; error: string | null; rows: number }>(
    'ingest/log-analytics/answer_check.sql',
  );
  if (check === undefined || !check.is_sound) {
    throw new QueryFailure('cut', 'the answer is no JSON to its end');
  }
  if (check.error !== null) throw partial(check.error);
  if (check.rows >= MAX_ANSWER_ROWS) {
    throw new QueryFailure('partial', `${check.rows} rows, as many as an answer can have`);
  }
  const blocks = await reader.query<{ text: string; rows: number }>(
    'ingest/log-analytics/answer_lines.sql',
    { block_rows: BLOCK_ROWS },
  );
  await reader.script('drop table opened');
  let firstNo = 1;
  const batches = blocks.map(({ text: lines, rows }) => {
    const batch = { text: Buffer.from(lines, 'utf8'), firstNo, count: rows };
    firstNo += rows;
    return batch;
  });
  return { rows: check.rows, batches };
}

/** The cells of a small answer, such as of a sum. */
export function cellsOf(text: string): (string | number | null)[][] {
  const answer = parsed(text);
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
