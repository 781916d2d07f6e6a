import { readSqlFile } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';

const SHAPES = [
  'opened_records',
  'app_insights_records',
  'app_log_records',
  'sign_in_records',
  'span_records',
  'console_records',
] as const;

/**
 * What several sources have in common, as views of one connection. A view is made when the first
 * source asks for it: looking at them all takes the engine longer than mapping a small file.
 */
export class Shapes {
  readonly #store: Store;
  readonly #made = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes the views that a statement reads, and those that they read. */
  async makeFor(sql: string): Promise<void> {
    for (const shape of SHAPES) {
      if (this.#made.has(shape) || !new RegExp(`\\b${shape}\\b`).test(sql)) continue;
      this.#made.add(shape);
      const file = readSqlFile(`ingest/shapes/${shape}.sql`);
      await this.makeFor(file.sql.replaceAll(shape, ''));
      await this.#store.script(`create or replace temp view ${shape} as ${file.sql}`);
    }
  }
}
