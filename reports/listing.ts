import type { TimeWindow } from '../core/window.ts';
import type { Row, Value } from '../store/values.ts';

/** A column as the header of its query declares it. */
export interface Column {
  readonly name: string;
  /** Lower case, as in a query's header: varchar, bigint, double, timestamptz, decimal(38,12). */
  readonly type: string;
  /** '-' or absent: the column has none. */
  readonly unit?: string;
  readonly meaning?: string;
}

/** Rows with what is needed to print them: the one thing that every format takes. */
export interface Listing {
  readonly title?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Row>[];
  /** The few columns that matter most, for where there is little room; absent: all do. */
  readonly brief?: readonly string[];
  readonly window?: TimeWindow;
  /** What the rows rest on; JSON carries it beside them. */
  readonly coverage?: Readonly<Record<string, Value>>;
}

/** The listing with its few columns that matter most, in their order. */
export function inBrief(listing: Listing): Listing {
  const { brief, columns } = listing;
  if (brief === undefined) return listing;
  return {
    ...listing,
    columns: brief.flatMap((name) => columns.find((column) => column.name === name) ?? []),
  };
}

/** The row's own value of the column; what objects inherit is no value. */
export function valueIn(row: Readonly<Row>, { name }: Column): Value {
  return Object.hasOwn(row, name) ? (row[name] ?? null) : null;
}

/** Whether values of the column are numbers, and so are aligned to the right. */
export function isNumeric({ type }: Column): boolean {
  return /^(?:u?(?:tiny|small|big|huge)?int(?:eger)?|double|float|real|decimal|numeric)\b/i.test(
    type,
  );
}

/** The columns of rows whose query declares none, such as free SQL: types come from the values. */
export function inferColumns(rows: readonly Readonly<Row>[]): Column[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].map((name) => ({ name, type: typeIn(rows, name) }));
}

function typeIn(rows: readonly Readonly<Row>[], name: string): string {
  const value = rows.map((row) => row[name]).find((each) => each !== null && each !== undefined);
  if (typeof value === 'bigint') return 'hugeint';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'double' : 'varchar';
}
