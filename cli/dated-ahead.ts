import { notBelievedFrom, type TimeWindow, windowBefore } from '../core/window.ts';
import type { AheadRow } from '../reports/dated-ahead.ts';
import type { Store } from '../store/store.ts';
import { commandLine, placeOf } from './command-line.ts';
import type { Io } from './io.ts';

/** Says what is dated ahead of now, and behind the window that is looked at: it may be of that, and is not in it. */
export async function sayDatedAhead(store: Store, io: Io, window?: TimeWindow): Promise<void> {
  io.err(await datedAheadLine(store, io, window));
}

/** The same as a line; '' where there is nothing to say. Without a window that of who names none. */
export async function datedAheadLine(store: Store, io: Io, window?: TimeWindow): Promise<string> {
  const now = io.now();
  const rows = await store.holdToRead(async () => {
    const { from, to } = window ?? windowBefore(await endOf(store, now), '30d');
    return store.query<AheadRow>('queries/sre/records_dated_ahead.sql', {
      after_at: notBelievedFrom(now, new Date(to)).toISOString(),
      from_at: from,
    });
  });
  if (rows.length === 0) return '';
  const { datedAheadText } = await import('../reports/dated-ahead.ts');
  const whose = commandLine(io, 'query sre/records_dated_ahead', placeOf(store));
  return `${datedAheadText(rows, 'now')}, in no window that ends by itself: ${whose}\n`;
}

async function endOf(store: Store, now: Date): Promise<Date> {
  const { evidenceEnd } = await import('../slo/evidence-end.ts');
  return (await evidenceEnd(store, now)) ?? now;
}
