import { readSqlFile } from '../store/sql-file.ts';

/** The statement of one step of ingest. */
export function step(name: string): string {
  return readSqlFile(`ingest/steps/${name}.sql`).sql;
}
