import type { Row } from '../../store/values.ts';
import { byExactCellsFirst, cellOf, isSameRow } from './cells.ts';
import type { Result } from './clickhouse.ts';
import { rowDifferences } from './row-differences.ts';
import { type Family, familyInDuckDb, isOfFamily } from './value-families.ts';

/** One column of a result as DuckDB describes it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

export interface Comparison {
  readonly rows: number;
  readonly cells: number;
  /** Cells that are equal within the tolerance but not to the last bit. */
  readonly inexact: number;
  readonly differences: readonly string[];
}

/**
 * Compares what both engines answered, cell by cell: in order where the statement gives one, else as
 * a multiset of rows. Everything must be equal but floats, which may differ in their last digits: see cells.ts.
 */
export function compare(
  columns: readonly Column[],
  fromDuckDb: readonly Row[],
  fromClickHouse: Result,
  { isOrdered }: { readonly isOrdered: boolean },
): Comparison {
  const families = columns.map(({ type }) => familyInDuckDb(type));
  const shape = shapeDifferences(columns, families, fromClickHouse);
  const rows = fromDuckDb.length;
  const size = { rows, cells: rows * columns.length };
  if (shape.length > 0) return { ...size, inexact: 0, differences: shape };

  const left = fromDuckDb.map((row) =>
    columns.map(({ name }, at) => cellOf(row[name], families[at])),
  );
  const right = fromClickHouse.rows.map((row) =>
    row.map((value, at) => cellOf(value, families[at])),
  );
  if (!isOrdered) for (const side of [left, right]) side.sort(byExactCellsFirst(families));
  const wrong = left.filter((row, at) => !isSameRow(row, right[at]));
  const inexact = left.flatMap((row, at) => row.filter((cell, no) => cell !== right[at]?.[no]));
  if (wrong.length === 0 && left.length === right.length) {
    return { ...size, inexact: inexact.length, differences: [] };
  }
  return { ...size, inexact: 0, differences: rowDifferences(columns, left, right) };
}

function shapeDifferences(
  columns: readonly Column[],
  families: readonly Family[],
  { columns: names, types }: Result,
): string[] {
  const wanted = columns.map(({ name }) => name);
  if (wanted.join() !== names.join()) {
    return [`the columns are ${wanted.join(', ')} in DuckDB and ${names.join(', ')} in ClickHouse`];
  }
  return columns.flatMap(({ name, type }, at) => {
    const other = types[at] ?? '';
    return isOfFamily(other, families[at] ?? 'text')
      ? []
      : [`${name} is ${type} in DuckDB and ${other} in ClickHouse`];
  });
}
