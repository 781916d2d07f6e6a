import { type Column, isNumeric, type Listing, valueIn } from '../listing.ts';
import { shortened, visible } from '../visible.ts';
import { readableText } from './cell.ts';
import { textWidth } from './text-width.ts';

/** Longer values are cut, and say so; the other formats have them whole. */
const LONGEST_CELL = 200;

/** Aligned columns for a terminal: nothing in a value can move the cursor or hide its neighbours. */
export function formatTable({ title, columns, rows }: Listing): string {
  const heads = columns.map(({ name }) => shown(name));
  const body = rows.map((row) =>
    columns.map((column) => shown(readableText(valueIn(row, column), column))),
  );
  const widths = columns.map((_, index) =>
    Math.max(...[heads, ...body].map((cells) => textWidth(cells[index] ?? ''))),
  );
  const line = (cells: readonly string[]) => aligned(cells, columns, widths);
  return [
    ...(title === undefined ? [] : [shown(title), '']),
    ...(columns.length === 0 ? [] : [line(heads), line(widths.map((width) => '─'.repeat(width)))]),
    ...body.map(line),
    rows.length === 1 ? '1 row' : `${rows.length} rows`,
    '',
  ].join('\n');
}

function shown(text: string): string {
  return visible(shortened(text, LONGEST_CELL));
}

function aligned(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): string {
  return cells
    .map((cell, index) => {
      const padding = ' '.repeat((widths[index] ?? 0) - textWidth(cell));
      const column = columns[index];
      return column && isNumeric(column) ? padding + cell : cell + padding;
    })
    .join('  ')
    .trimEnd();
}
