import type { ReceivedEventData } from '@azure/event-hubs';

/** The client counts what it asks for in events. Fewer are slower: it waits 20 ms before it hands on what is less. */
const MAX_EVENTS = 400;
/** What it asks for of each partition, in bytes. */
const BYTES = 1536 * 1024;
/** How large events are is known once some came: until then all partitions together are asked for so many. */
const FIRST_EVENTS = 64;
/** What the hub may send while nobody takes it. */
const MAX_GRANTED_BYTES = 64 * 1024 * 1024;
/** The mean size is that of so many of the last events, or of twice as many. */
const WINDOW_EVENTS = 200;
/** Sizes that vary are no reason to begin anew again and again: a portion may be so many times as large as it should, … */
const TOO_LARGE = 2;
/** … or as small, and that not at once. */
const TOO_SMALL = 4;
const GROW_AFTER_MS = 10_000;

/** How many events of a partition are asked for at a time: what is on its way is bounded in bytes, not in events. */
export class Portion {
  events = 1;
  #seen = 0;
  #seenBytes = 0;
  /** Credit that was given to the hub beyond what came, over all partitions; at most that. */
  #granted = 0;
  #setAt = Number.NEGATIVE_INFINITY;

  /** To be told before the first is asked for. */
  begin(partitions: number): void {
    this.events = inReach(FIRST_EVENTS / Math.max(1, partitions));
  }

  /** Nothing is asked for any more. */
  restart(): void {
    this.#granted = 0;
  }

  /** Takes note of what came. Says whether another number is to be asked for from now on. */
  isOtherAfter(events: readonly ReceivedEventData[]): boolean {
    // Each wait of the client grants a whole portion, also while most of the last one is still to come.
    this.#granted += this.events - events.length;
    if (this.#seen > WINDOW_EVENTS) {
      this.#seen /= 2;
      this.#seenBytes /= 2;
    }
    this.#seen += events.length;
    for (const { body } of events) this.#seenBytes += sizeOf(body);
    const fitting = inReach(BYTES / this.#meanBytes);
    // Where less came than was asked for, nobody gains by asking for more.
    const isTooSmall =
      events.length >= this.events &&
      fitting >= this.events * TOO_SMALL &&
      performance.now() - this.#setAt > GROW_AFTER_MS;
    if (this.events <= fitting * TOO_LARGE && !isTooSmall) return false;
    this.events = fitting;
    this.#setAt = performance.now();
    return true;
  }

  /** Whether the hub may send more, without being asked again, than is to wait here. */
  get isOvergranted(): boolean {
    return this.#granted * this.#meanBytes > MAX_GRANTED_BYTES;
  }

  get #meanBytes(): number {
    return Math.max(1, this.#seenBytes / Math.max(1, this.#seen));
  }
}

function inReach(events: number): number {
  return Math.min(MAX_EVENTS, Math.max(1, Math.floor(events)));
}

function sizeOf(body: unknown): number {
  if (body instanceof Uint8Array || typeof body === 'string') return body.length;
  if (Array.isArray(body)) return body.reduce((sum: number, part) => sum + sizeOf(part), 0);
  return 0;
}
