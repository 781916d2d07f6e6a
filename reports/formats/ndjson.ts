import type { Listing } from '../listing.ts';
import { inOrder, safeJson } from './json.ts';

/** One JSON object a line, keys in column order. */
export function formatNdjson({ columns, rows }: Listing): string {
  return rows.map((row) => `${safeJson(inOrder(row, columns))}\n`).join('');
}
