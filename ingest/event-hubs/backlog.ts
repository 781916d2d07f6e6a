import { Signal } from './signal.ts';

/** Events that are held until they are taken; more, and the client is made to wait. */
const MAX_EVENTS = 24_000;
const MAX_BYTES = 40 * 1024 * 1024;

/** How much was accepted and not taken yet. */
export class Backlog {
  readonly #taken = new Signal();
  readonly #onFull: () => void;
  events = 0;
  bytes = 0;

  /** `onFull` is called when somebody begins to wait for room. */
  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  add(bytes: number): void {
    this.events += 1;
    this.bytes += bytes;
  }

  /** So much is held that nothing more is to be accepted; only the one event that went beyond it may be large. */
  get isFull(): boolean {
    return this.events > MAX_EVENTS || this.bytes > MAX_BYTES;
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
    while (isWanted() && this.isFull) {
      const taken = this.#taken.wait();
      this.#onFull();
      await taken;
    }
  }
}
