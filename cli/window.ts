import { UserError } from '../core/errors.ts';
import {
  exactInstant,
  isBefore,
  parseInstant,
  startBefore,
  type TimeWindow,
} from '../core/window.ts';
import type { RemovedRow } from '../reports/removed-evidence.ts';
import type { Store } from '../store/store.ts';
import { sayDatedAhead } from './dated-ahead.ts';
import type { Io } from './io.ts';
import type { WindowOptions } from './options.ts';

/** What a listing covers when nothing is said. */
const DEFAULT_SPAN = '30d';

/** The window that was asked for, to the microsecond; without an end it ends with the evidence. Said on stderr. */
export async function windowOf(store: Store, options: WindowOptions, io: Io): Promise<TimeWindow> {
  ensureOneStart(options);
  const { from, to: end, since } = options;
  const now = io.now();
  const to =
    end === undefined ? (await evidenceEndOr(store, now)).toISOString() : exactInstant(end, now);
  const window = {
    from: from === undefined ? startBefore(to, since ?? DEFAULT_SPAN) : exactInstant(from, now),
    to,
  };
  if (!isBefore(window.from, window.to)) throw emptyWindow(window);
  await sayWindow(store, window, options, io);
  return window;
}

/** As `windowOf`, for what reckons in milliseconds, such as verdicts: a finer time is refused, not cut. */
export async function judgedWindowOf(
  store: Store,
  options: WindowOptions,
  io: Io,
): Promise<TimeWindow> {
  const now = io.now();
  for (const time of [options.from, options.to]) if (time !== undefined) parseInstant(time, now);
  return windowOf(store, options, io);
}

/** Where verdicts end: where it was said to, else with the evidence. */
export async function windowEnd(store: Store, { to }: WindowOptions, now: Date): Promise<Date> {
  return to === undefined ? evidenceEndOr(store, now) : parseInstant(to, now);
}

/** Says on stderr what is looked at. */
export async function sayWindow(
  store: Store,
  window: TimeWindow,
  { to }: WindowOptions,
  io: Io,
): Promise<void> {
  io.err(`window: ${window.from} to ${window.to}\n`);
  await sayRemoved(store, window, io);
  if (to === undefined) await sayDatedAhead(store, io, window);
}

/** Silence because of our own retention is no silence of the servers. */
async function sayRemoved(store: Store, { from }: TimeWindow, io: Io): Promise<void> {
  const rows = await store.holdToRead(() =>
    store.query<RemovedRow>('queries/sre/removed_evidence.sql', { from_at: from }),
  );
  if (rows.length === 0) return;
  const { removedText } = await import('../reports/removed-evidence.ts');
  io.err(`warning: ${removedText(rows)}.\n`);
}

/** Refuses two starts of one window. */
export function ensureOneStart({ from, since }: WindowOptions): void {
  if (from === undefined || since === undefined) return;
  throw new UserError(
    'usage_invalid',
    '--from and --since both say where the window starts.',
    'Give one of the two.',
  );
}

/** A window in which nothing can be. */
export function emptyWindow({ from, to }: TimeWindow): UserError {
  return new UserError(
    'usage_invalid',
    `The window from ${from} to ${to} is empty.`,
    'Choose a start that is before the end.',
  );
}

/** Where windows end that nobody ended: with the evidence, else now. */
export async function evidenceEndOr(store: Store, now: Date): Promise<Date> {
  const { evidenceEnd } = await import('../slo/evidence-end.ts');
  return (await evidenceEnd(store, now)) ?? now;
}
