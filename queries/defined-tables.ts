import { readSqlFile, withoutOrder } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';

/**
 * Published tables that nobody fills: a question says what is in them. What a share of a fixed price is depends on the
 * window that it falls into, so that rows which are kept would be true of one window alone.
 */
const DEFINED_BY: Readonly<Record<string, string>> = { charges: 'finops/charges' };

/** Those of them that a statement may read. */
export function definedTablesIn(sql: string): string[] {
  return Object.keys(DEFINED_BY).filter((table) => new RegExp(`\\b${table}\\b`, 'i').test(sql));
}

/** Lets these tables hold, for this store, all that there is before `to`. */
export async function standDefinedTables(
  store: Store,
  tables: readonly string[],
  to: Date,
): Promise<void> {
  const bounds = { from_at: new Date(0), to_at: to };
  for (const table of tables) {
    const { sql } = readSqlFile(`queries/${DEFINED_BY[table]}.sql`);
    await store.standBefore(table, between(bounds, withoutOrder(sql)));
  }
}

/** A view takes no parameters. */
function between(bounds: Readonly<Record<string, Date>>, sql: string): string {
  return sql.replaceAll(/\{([a-z_]+):Timestamp\}/g, (_, name: string) => {
    const at = bounds[name];
    if (at === undefined) throw new Error(`a table is defined by a parameter '${name}'`);
    return `x_ts('${at.toISOString()}')`;
  });
}
