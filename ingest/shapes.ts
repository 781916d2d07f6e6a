import { readSqlFile } from '../store/sql-file.ts';

/** What several sources have in common, each after those that it reads itself. */
const SHAPES = [
  'opened_records',
  'app_insights_records',
  'app_log_records',
  'sign_in_records',
  'span_records',
  'console_records',
] as const;

/**
 * What a source gives, as the relation `given` that a statement begins with; the shapes that it reads stand before it.
 * As views these would be planned twice, when they are made and when they are read, which takes longer than a small
 * file.
 */
export function givenBy(sql: string): string {
  const shapes: string[] = [];
  let reading = sql;
  for (const shape of SHAPES.toReversed()) {
    if (!new RegExp(`\\b${shape}\\b`).test(reading)) continue;
    const file = readSqlFile(`ingest/shapes/${shape}.sql`);
    shapes.unshift(`${shape} as (${file.sql}),\n`);
    reading += file.sql;
  }
  return `with ${shapes.join('')}given as (${sql})`;
}
