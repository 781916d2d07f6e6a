import type { Row } from '../../store/values.ts';
import { type Listing, valueIn } from '../listing.ts';
import { replaceUnsafe, unicodeEscape } from '../visible.ts';
import { bigintAsText } from './cell.ts';

/** Raised when a published field of the JSON output changes its meaning or goes. */
export const SCHEMA_VERSION = 1;

/** One object: `{schemaVersion, window, coverage, rows}`. */
export function formatJson({ columns, rows, window, coverage }: Listing): string {
  const envelope = {
    schemaVersion: SCHEMA_VERSION,
    window: window ?? null,
    coverage: coverage ?? null,
    rows: rows.map((row) => inOrder(row, columns)),
  };
  return `${safeJson(envelope, 2)}\n`;
}

/** The row with the declared columns, all of them, in their order. */
export function inOrder(row: Readonly<Row>, columns: Listing['columns']): Row {
  // Without a prototype a column may be called __proto__.
  const ordered = Object.create(null) as Row;
  for (const column of columns) ordered[column.name] = valueIn(row, column);
  return ordered;
}

/**
 * JSON that is also safe to print: JSON.stringify leaves DEL, C1 controls and direction overrides
 * as they are. They can only stand inside strings, where \u escapes mean the same.
 */
export function safeJson(value: unknown, indent?: number): string {
  return replaceUnsafe(JSON.stringify(value, bigintAsText, indent), (character) =>
    character === '\n' ? character : unicodeEscape(character),
  );
}
