import { type Listing, valueIn } from '../listing.ts';
import { visible } from '../visible.ts';
import { exactText } from './cell.ts';

/** RFC 4180 with a header line, but for LF at the ends of lines: a shell takes a value as it is. */
export function formatCsv({ columns, rows }: Listing): string {
  const lines = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map((column) => exactText(valueIn(row, column)))),
  ];
  return lines.map((cells) => `${cells.map(field).join(',')}\n`).join('');
}

/** A spreadsheet runs what starts like this (CWE-1236); the last four are their full-width forms. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function field(text: string): string {
  const shown = visible(text, '\t\r\n');
  const inert = FORMULA.test(shown) && !NUMBER.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
