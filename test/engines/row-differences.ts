import { type Cell, isSameCell } from './cells.ts';

/** How many rows are shown; the rest is counted. */
const SHOWN = 5;

/** A few rows that only one side has, each with the row of the other side that comes nearest. */
export function rowDifferences(
  columns: readonly { readonly name: string }[],
  left: readonly Cell[][],
  right: readonly Cell[][],
): string[] {
  const counts = `${left.length} rows in DuckDB, ${right.length} in ClickHouse`;
  const [onlyLeft, onlyRight] = [without(left, right), without(right, left)];
  if (onlyLeft.length + onlyRight.length === 0) return [`${counts}, in another order`];
  const examples = onlyLeft.slice(0, SHOWN).map((row) => {
    const nearest = onlyRight.toSorted((a, b) => equalCells(b, row) - equalCells(a, row))[0];
    if (!nearest) return `only DuckDB has ${shown(row)}`;
    const cells = columns.flatMap(({ name }, at) =>
      isSameCell(row[at] ?? null, nearest[at] ?? null)
        ? []
        : [`${name} is ${shown(row[at])} in DuckDB, ${shown(nearest[at])} in ClickHouse`],
    );
    return `${cells.join('; ')}, where the row begins ${shown(row.slice(0, 3))}`;
  });
  const surplus = onlyLeft.length === 0 ? onlyRight.slice(0, SHOWN) : [];
  return [
    `${counts}; ${onlyLeft.length} only in DuckDB, ${onlyRight.length} only in ClickHouse`,
    ...examples,
    ...surplus.map((row) => `only ClickHouse has ${shown(row)}`),
  ];
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 500);
}

function equalCells(a: readonly Cell[], b: readonly Cell[]): number {
  return a.filter((cell, at) => isSameCell(cell, b[at] ?? null)).length;
}

function without(rows: readonly Cell[][], others: readonly Cell[][]): Cell[][] {
  const counts = new Map<string, number>();
  for (const row of others) {
    const key = keyOf(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return rows.filter((row) => {
    const count = counts.get(keyOf(row)) ?? 0;
    counts.set(keyOf(row), count - 1);
    return count <= 0;
  });
}

function keyOf(row: readonly Cell[]): string {
  return JSON.stringify(
    row.map((cell) => (typeof cell === 'number' ? cell.toPrecision(12) : cell)),
  );
}
