import { QueryFailure } from './failures.ts';
import type { Job } from './jobs.ts';
import type { Window } from './windows.ts';

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
      if (held && !(windows.begin !== undefined && windows.begin < held.window.from)) {
        this.#held.shift();
        return held;
      }
      const window = windows.take();
      if (window === undefined) return undefined;
      try {
        return { window, ...(await queries.rows({ ingested: window, happened })) };
      } catch (error) {
        this.#halve(window, error);
      }
    }
  }

  /** An answer was whole. */
  settle({ window, body }: Asked, rows: number): void {
    this.#job.windows.settle(window, { rows, bytes: body.length });
    this.#inVain = 0;
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
    this.#halve(window, error);
    if (next.status === 'rejected') throw next.reason;
  }

  #halve(window: Window, error: unknown): void {
    this.#inVain += 1;
    const mayHalve =
      error instanceof QueryFailure &&
      error.maySplit &&
      (error.kind === 'partial' || this.#inVain <= MAX_HALVINGS_IN_VAIN);
    if (!mayHalve || !this.#job.windows.halve(window)) throw this.#job.queries.explain(error);
  }
}
