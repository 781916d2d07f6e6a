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
  const { from, since } = options;
  const now = io.now();
  const end = await windowEnd(store, options, now);
  const window =
    from === undefined
      ? windowBefore(end, since ?? DEFAULT_SPAN)
      : { from: parseInstant(from, now).toISOString(), to: end.toISOString() };
  if (window.from >= window.to) throw emptyWindow(window);
  await sayWindow(store, window, options, io);
  return window;
}

/** As `windowOf`, for verdicts, which end with a millisecond: one that ends later is refused, not cut. */
export async function judgedWindowOf(
  store: Store,
  options: WindowOptions,
  io: Io,
): Promise<TimeWindow> {
  ensureMillisecond(options);
  return windowOf(store, options, io);
}

/** Refuses an end that is finer than a millisecond. */
export function ensureMillisecond({ to = '' }: WindowOptions): void {
  if (!/:\d{2}\.\d{3}\d*[1-9]/.test(to)) return;
  throw new UserError(
    'usage_invalid',
    `--to cannot be '${to}': verdicts end with a millisecond.`,
    'Write at most three decimals.',
  );
}

/** Where a window ends: where it was said to, else with the evidence. */
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
  if (to === undefined) await sayDatedAhead(store, io, window);
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
