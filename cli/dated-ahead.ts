import { notBelievedFrom } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { commandLine } from './command-line.ts';
import { placeOf } from './hub-pipeline.ts';
import type { Io } from './io.ts';

interface Ahead {
  readonly records: number;
  readonly last_at: string;
}

/** Says what is dated behind now, and behind the end of the window that is looked at: it is in no other. */
export async function sayDatedAhead(store: Store, io: Io, end?: Date): Promise<void> {
  const rows = await store.holdToRead(() =>
    store.query<Ahead>('queries/sre/records_dated_ahead.sql', {
      after_at: notBelievedFrom(io.now(), end).toISOString(),
    }),
  );
  if (rows.length === 0) return;
  const { counted, timeText } = await import('../reports/reading.ts');
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  const [last = ''] = rows
    .map((row) => row.last_at)
    .sort()
    .reverse();
  const whose = commandLine(io, 'query sre/records_dated_ahead', placeOf(store));
  io.err(
    `${counted(records, 'record')} dated more than a day ahead of now, up to ${timeText(last)}, in no window that ends by itself: ${whose}\n`,
  );
}
