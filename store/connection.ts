import type { DuckDBConnection } from '@duckdb/node-api';

const STOP_EVERY_MS = 20;

/** A connection that is never closed under a running statement: the engine would take the process down. */
export class Connection {
  readonly #inner: DuckDBConnection;
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(inner: DuckDBConnection) {
    this.#inner = inner;
  }

  /** Does one thing with the engine's own connection. */
  async use<T>(work: (inner: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('The connection to the database is closed.');
    const running = work(this.#inner);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Stops the statement that is running; it fails with 'Interrupted'. */
  interrupt(): void {
    if (!this.#isClosed) this.#inner.interrupt();
  }

  /** Closes, then does `after`: before it returns when nothing runs, else behind what runs, which is stopped. */
  async close(after: () => void = () => undefined): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#running.size > 0) {
      // Again and again: the engine forgets a stop that comes before its statement has begun.
      const timer = setInterval(() => this.#inner.interrupt(), STOP_EVERY_MS);
      await Promise.allSettled(this.#running);
      clearInterval(timer);
    }
    this.#inner.closeSync();
    after();
  }
}
