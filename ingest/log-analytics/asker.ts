import type { Answer, Logs, Query } from '../transports/log-analytics.ts';
import { type FailureKind, QueryFailure } from './failures.ts';

export interface AskerOptions {
  /** Waiting for the service ends after this long without an answer. */
  readonly patienceMs?: number;
  readonly pause: (ms: number) => Promise<void>;
}

const PATIENCE_MS = 600_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/** A connection that is cut is tried so often before the window is made smaller. */
const TRIES_OF_CUT = 2;
/** What may be over the next time, although no less is asked for. */
const MAY_PASS: ReadonlySet<FailureKind> = new Set(['cut', 'partial', 'timeout']);

/** How often one thing was asked for in vain, and how long that was waited out. */
export class Tries {
  /** Nothing smaller can be asked for: what does not come whole is no reason to ask for less. */
  readonly isLeast: boolean;
  failed = 0;
  waitedMs = 0;

  constructor(isLeast: boolean) {
    this.isLeast = isLeast;
  }
}

/** Asks again where that may help: what is throttled or away for a while, and with a new token. */
export class Asker {
  readonly #logs: Logs;
  readonly #options: AskerOptions;

  constructor(logs: Logs, options: AskerOptions) {
    this.#logs = logs;
    this.#options = options;
  }

  /** What `read` makes of the answer; it throws where the answer is not whole. */
  async ask<T>(
    query: Query,
    read: (answer: Answer) => T,
    tries: Tries = new Tries(false),
  ): Promise<T> {
    let hasNewToken = false;
    for (;;) {
      const askedAt = performance.now();
      try {
        return read(await this.#logs.ask(query));
      } catch (error) {
        if (!(error instanceof QueryFailure)) throw error;
        if (error.kind === 'token_refused' && !hasNewToken) {
          hasNewToken = true;
          this.#logs.forgetToken();
          continue;
        }
        // Minutes that an answer did not come in are waiting too.
        if (error.kind === 'timeout') tries.waitedMs += performance.now() - askedAt;
        await this.waitAfter(error, tries, query.signal);
      }
    }
  }

  /** Waits until what failed may be asked for again; throws the failure where there is no such time. */
  async waitAfter(
    failure: QueryFailure,
    tries: Tries,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    tries.failed += 1;
    const waitMs = waitBefore(failure, tries);
    if (waitMs === undefined) throw failure;
    if (tries.waitedMs + waitMs > (this.#options.patienceMs ?? PATIENCE_MS)) throw failure;
    tries.waitedMs += waitMs;
    await this.#options.pause(waitMs);
    signal?.throwIfAborted();
  }
}

/** How long to wait before the next attempt; undefined: there is none. */
function waitBefore(
  { kind, retryAfterMs }: QueryFailure,
  { failed, isLeast }: Tries,
): number | undefined {
  const backOff = Math.min(FIRST_WAIT_MS * 2 ** (failed - 1), LONGEST_WAIT_MS);
  // A service that says 0, or a time that is past here, is not asked again without a pause.
  if (kind === 'throttled') return retryAfterMs || backOff;
  if (kind === 'unavailable') return Math.max(retryAfterMs ?? 0, backOff);
  if (kind === 'cut' && failed < TRIES_OF_CUT) return backOff;
  return isLeast && MAY_PASS.has(kind) ? backOff : undefined;
}
