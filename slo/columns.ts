import { withoutOrder } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import type { Binder } from './binder.ts';
import type { Source } from './sources.ts';

export type ColumnType = 'text' | 'number' | 'boolean' | 'time' | 'other';

/** What the engine itself says about the columns of a source. */
export type Columns = ReadonlyMap<string, ColumnType>;

/** `from` of a statement over the source: a quoted table, or one of our files as a subquery. */
export function relationSql({ file, name }: Source): string {
  return file ? `(\n${withoutOrder(file.sql)}\n) as relation` : `"${name}"`;
}

export async function describe(store: Store, source: Source, binder: Binder): Promise<Columns> {
  const sql = `describe select * from ${relationSql(source)}`;
  const rows = await store.query<{ column_name: string; column_type: string }>(
    {
      path: `source ${source.name}`,
      sql,
      header: {},
      params: [],
      columns: source.file?.columns ?? [],
    },
    binder.params,
  );
  return new Map(rows.map((row) => [row.column_name, typeOf(row.column_type)]));
}

/** What a column of any type says, as text; it is the same on every engine. */
export function textSql(column: string, type: ColumnType | undefined): string {
  if (type === 'time') return `x_time_text(${column})`;
  if (type === 'number') return `x_number_text(${column})`;
  if (type === 'boolean')
    return `case when ${column} then 'true' when not ${column} then 'false' end`;
  return `x_text(${column})`;
}

function typeOf(engineType: string): ColumnType {
  if (/^(VARCHAR|UUID)$/.test(engineType)) return 'text';
  if (/^(BOOLEAN)$/.test(engineType)) return 'boolean';
  if (/^TIMESTAMP/.test(engineType)) return 'time';
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(engineType)) {
    return 'number';
  }
  return 'other';
}
