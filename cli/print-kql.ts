import { UserError } from '../core/errors.ts';
import { exactInstant, isBefore, parseDuration, startBefore } from '../core/window.ts';
import type { Io } from './io.ts';
import type { FormatOptions, WindowOptions } from './options.ts';
import { emptyWindow, ensureOneStart } from './window.ts';

interface Options extends WindowOptions, FormatOptions {
  readonly param?: Readonly<Record<string, string>>;
}

/** Prints a question for Log Analytics; it is asked there, so no database is opened. */
export async function printKql(name: string, options: Options, io: Io): Promise<void> {
  if (options.format !== 'table') {
    throw new UserError(
      'usage_invalid',
      '--kql prints the text of a query, which has no format.',
      'Leave --format out; the portal exports what the query answers.',
    );
  }
  const { findKqlQuery, kqlText } = await import('../queries/kql.ts');
  const query = findKqlQuery(name);
  io.out(kqlText(query, { ...windowGiven(options, io.now()), ...options.param }, io.now()));
}

/** Times that were given as a window. What is reckoned from now stays so in the text. */
function windowGiven(options: WindowOptions, now: Date): Record<string, string> {
  ensureOneStart(options);
  const { from, to, since } = options;
  if (since !== undefined) parseDuration(since);
  const end = exactInstant(to ?? 'now', now);
  const start = from === undefined ? undefined : exactInstant(from, now);
  if (start !== undefined && !isBefore(start, end)) throw emptyWindow({ from: start, to: end });
  return {
    ...(from !== undefined && { from_at: from }),
    ...(to !== undefined && { to_at: to }),
    ...(since !== undefined && {
      from_at: to === undefined ? `now-${since}` : startBefore(end, since),
    }),
  };
}
