import { Signal } from './signal.ts';

/** Events that are held until they are taken; more, and the client is made to wait. */
const MAX_EVENTS = 24_000;
const MAX_BYTES = 40 * 1024 * 1024;

/** How much was accepted and not taken yet. */
export class Backlog {
  readonly #taken = new Signal();
  events = 0;
  bytes = 0;

  add(bytes: number): void {
    this.events += 1;
    this.bytes += bytes;
  }

  /** All of it was taken. */
  clear(): void {
    this.events = 0;
    this.bytes = 0;
    this.#taken.notify();
  }

  /** Lets those go on who wait for room, that they may see that they need not any more. */
  wake(): void {
    this.#taken.notify();
  }

  /** Waits while too much is held, as long as somebody still wants room. */
  async room(isWanted: () => boolean): Promise<void> {
    while (isWanted() && (this.events > MAX_EVENTS || this.bytes > MAX_BYTES)) {
      await this.#taken.wait();
    }
  }
}
