import type { Answer, Logs, Query } from '../transports/log-analytics.ts';
import { QueryFailure } from './failures.ts';

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

/** Asks again where that may help: what is throttled or away for a while, and with a new token. */
export class Asker {
  readonly #logs: Logs;
  readonly #options: AskerOptions;

  constructor(logs: Logs, options: AskerOptions) {
    this.#logs = logs;
    this.#options = options;
  }

  async ask(query: Query): Promise<Answer> {
    let waitedMs = 0;
    let hasNewToken = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#logs.ask(query);
      } catch (error) {
        if (!(error instanceof QueryFailure)) throw error;
        if (error.kind === 'token_refused' && !hasNewToken) {
          hasNewToken = true;
          this.#logs.forgetToken();
          continue;
        }
        const waitMs = waitBefore(error, attempt);
        if (waitMs === undefined || waitedMs + waitMs > (this.#options.patienceMs ?? PATIENCE_MS))
          throw error;
        waitedMs += waitMs;
        await this.#options.pause(waitMs);
        query.signal?.throwIfAborted();
      }
    }
  }
}

/** How long to wait before the next attempt; undefined: there is none. */
function waitBefore({ kind, retryAfterMs }: QueryFailure, attempt: number): number | undefined {
  const backOff = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  // A service that says 0, or a time that is past here, is not asked again without a pause.
  if (kind === 'throttled') return retryAfterMs || backOff;
  if (kind === 'unavailable') return Math.max(retryAfterMs ?? 0, backOff);
  if (kind === 'cut' && attempt < TRIES_OF_CUT) return backOff;
  return undefined;
}
