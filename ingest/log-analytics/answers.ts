import { Tries } from './asker.ts';
import { QueryFailure } from './failures.ts';
import type { Job } from './jobs.ts';
import { closerWindows, type Window } from './windows.ts';

/** What came for a window, as the service sent it. */
export interface Asked {
  readonly window: Window;
  readonly body: Buffer;
  readonly at: Date;
}

/** Halves of halves that are tried for a query that takes too long. */
const MAX_HALVINGS_IN_VAIN = 14;

/** The answers to the windows of a table, in their order; what does not go through is asked for in halves. */
export class Answers {
  readonly #job: Job;
  /** Windows that gave nothing, one after the other. */
  #inVain = 0;
  /** What did not go through and has no halves, and how often it was asked for. */
  #least: { readonly window: Window; readonly tries: Tries } | undefined;
  /** Answers that wait while what lies before them is asked for in halves: each about half of the next. */
  readonly #held: Asked[] = [];

  constructor(job: Job) {
    this.#job = job;
  }

  /** The answer to the next window that has one. */
  async next(): Promise<Asked | undefined> {
    const { windows, queries, happened } = this.#job;
    for (;;) {
      const [held] = this.#held;
      if (held && !windows.isBefore(held.window)) {
        this.#held.shift();
        return held;
      }
      const window = windows.take();
      if (window === undefined) return undefined;
      try {
        const { part } = window;
        const tries = this.#least?.window === window ? this.#least.tries : undefined;
        return { window, ...(await queries.rows({ ingested: window, happened, part }, tries)) };
      } catch (error) {
        await this.#divide(window, error);
      }
    }
  }

  /** An answer was whole. */
  settle({ window, body }: Asked, rows: number): void {
    this.#job.windows.settle(window, { rows, bytes: body.length });
    this.#inVain = 0;
    this.#least = undefined;
  }

  /** An answer was not whole; what was asked for behind it has its turn later. Throws what cannot be mended. */
  async retreat(
    { window }: Asked,
    behind: Promise<Asked | undefined> | undefined,
    error: unknown,
  ): Promise<void> {
    if (!(error instanceof QueryFailure)) throw error;
    const [next] = await Promise.allSettled([behind]);
    if (next.status === 'fulfilled' && next.value) this.#held.unshift(next.value);
    await this.#divide(window, error);
    if (next.status === 'rejected') throw next.reason;
  }

  /**
   * Has a window that did not go through asked for by what is in it, where that is too much, else in halves; where it has
   * none, once more.
   */
  async #divide(window: Window, error: unknown): Promise<void> {
    this.#inVain += 1;
    const { windows, queries } = this.#job;
    if (!(error instanceof QueryFailure) || !error.maySplit) throw queries.explain(error, window);
    const isOverfull = error.kind === 'partial' || error.kind === 'too_large';
    const mayHalve = isOverfull || this.#inVain <= MAX_HALVINGS_IN_VAIN;
    const closer = isOverfull ? await this.#lookCloser(window) : undefined;
    if (closer) windows.replace(closer);
    else if (!mayHalve || !windows.halve(window)) await this.#askAgain(window, error);
  }

  /** Nothing smaller can be asked for: the service may have the window whole after a while. */
  async #askAgain(window: Window, failure: QueryFailure): Promise<void> {
    const { windows, queries } = this.#job;
    const tries = this.#least?.tries ?? new Tries(true);
    try {
      await queries.waitAfter(failure, tries);
    } catch (error) {
      throw queries.explain(error, window);
    }
    this.#least = { window, tries };
    windows.replace([window]);
  }

  /** Halves find a moment that holds too much by and by, and have each of them sent in vain; its rows can be counted. */
  async #lookCloser(window: Window): Promise<Window[] | undefined> {
    const { queries, happened } = this.#job;
    if (window.to - window.from < 2n) return undefined;
    try {
      const wanted = { ingested: window, happened };
      const { bins } = await queries.histogram(wanted, { isNeeded: false });
      return closerWindows(window, bins);
    } catch (error) {
      if (error instanceof QueryFailure && error.maySplit) return undefined;
      throw queries.explain(error, window);
    }
  }
}
