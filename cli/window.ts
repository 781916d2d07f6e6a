import { UserError } from '../core/errors.ts';
import { parseInstant, type TimeWindow, windowBefore } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { sayDatedAhead } from './dated-ahead.ts';
import type { Io } from './io.ts';
import type { WindowOptions } from './options.ts';

/** What a listing covers when nothing is said. */
const DEFAULT_SPAN = '30d';

/** The window that was asked for; without an end it ends with the evidence. Said on stderr. */
export async function windowOf(store: Store, options: WindowOptions, io: Io): Promise<TimeWindow> {
  ensureOneStart(options);
  const { from, to, since } = options;
  const now = io.now();
  const end = to === undefined ? await evidenceEndOr(store, now) : parseInstant(to, now);
  const window =
    from === undefined
      ? windowBefore(end, since ?? DEFAULT_SPAN)
      : { from: parseInstant(from, now).toISOString(), to: end.toISOString() };
  if (window.from >= window.to) throw emptyWindow(window);
  io.err(`window: ${window.from} to ${window.to}\n`);
  if (to === undefined) await sayDatedAhead(store, io, window);
  return window;
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
