import { counted, timeText } from './reading.ts';

/** A row of sre/records_dated_ahead. */
export interface AheadRow {
  readonly records: number;
  readonly last_at: string;
}

/** How many records are dated ahead of what, and up to when; undefined: none. */
export function datedAheadText(rows: readonly AheadRow[], of: string): string | undefined {
  if (rows.length === 0) return undefined;
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  const [last = ''] = rows
    .map((row) => row.last_at)
    .sort()
    .reverse();
  return `${counted(records, 'record')} dated more than a day ahead of ${of}, up to ${timeText(last)}`;
}
