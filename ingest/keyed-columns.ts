import type { Store } from '../store/store.ts';
import { keyCheckOf } from './pseudonym.ts';
import { HIDEABLE, type HiddenColumn } from './redaction.ts';

/** A column whose values were made with the key that has this check. */
export interface KeyedColumn {
  readonly name: string;
  readonly keyCheck: string;
}

/** What every store has made with its key, whatever is hidden in it. */
export const HASHED_COLUMN = 'arguments_hash';

/** What of a store was made with a key, by name. */
export async function keyedColumns(store: Store): Promise<KeyedColumn[]> {
  const rows = await store.rows(
    'select column_name, key_check from pseudonymised_columns order by column_name',
  );
  return rows.map((row) => ({
    name: String(row['column_name']),
    keyCheck: String(row['key_check']),
  }));
}

/** Of these the columns in which everybody is a pseudonym. */
export function namesIn(columns: readonly KeyedColumn[]): HiddenColumn[] {
  return HIDEABLE.filter((hidden) => columns.some(({ name }) => name === hidden));
}

/** Whether any of them was made with another key. */
export function isOtherKey(columns: readonly KeyedColumn[], key: string): boolean {
  const check = keyCheckOf(key);
  return columns.some(({ keyCheck }) => keyCheck !== check);
}
