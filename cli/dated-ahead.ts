import { notBelievedFrom, type TimeWindow, windowBefore } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { commandLine } from './command-line.ts';
import { placeOf } from './hub-pipeline.ts';
import type { Io } from './io.ts';

interface Ahead {
  readonly records: number;
  readonly last_at: string;
}

/** Says what is dated ahead of now, and behind the window that is looked at: it may be of that, and is not in it. */
export async function sayDatedAhead(store: Store, io: Io, window?: TimeWindow): Promise<void> {
  io.err(await datedAheadText(store, io, window));
}

/** The same as a line; '' where there is nothing to say. Without a window that of who names none. */
export async function datedAheadText(store: Store, io: Io, window?: TimeWindow): Promise<string> {
  const now = io.now();
  const rows = await store.holdToRead(async () => {
    const { from, to } = window ?? windowBefore(await endOf(store, now), '30d');
    return store.query<Ahead>('queries/sre/records_dated_ahead.sql', {
      after_at: notBelievedFrom(now, new Date(to)).toISOString(),
      from_at: from,
    });
  });
  if (rows.length === 0) return '';
  const { counted, timeText } = await import('../reports/reading.ts');
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  const [last = ''] = rows
    .map((row) => row.last_at)
    .sort()
    .reverse();
  const whose = commandLine(io, 'query sre/records_dated_ahead', placeOf(store));
  return `${counted(records, 'record')} dated more than a day ahead of now, up to ${timeText(last)}, in no window that ends by itself: ${whose}\n`;
}

async function endOf(store: Store, now: Date): Promise<Date> {
  const { evidenceEnd } = await import('../slo/evidence-end.ts');
  return (await evidenceEnd(store, now)) ?? now;
}
