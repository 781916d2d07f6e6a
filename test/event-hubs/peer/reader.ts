import rhea, { type Sender } from 'rhea';
import type { Faults } from './faults.ts';
import type { KeptEvent, Partition } from './hub.ts';

/** So many messages at a time, so that one reader does not hold up the others. */
const TURN = 200;

/** What a receiver reads, and from where. */
export interface ReaderPlace {
  readonly partition: Partition;
  readonly group: string;
  /** Owner level; undefined: one of the readers that share a consumer group. */
  readonly epoch: number | undefined;
  /** The first sequence number to send. */
  readonly next: number;
}

/** One receiver of a client: sends it the events of a partition as far as its credit goes. */
export class Reader {
  readonly sender: Sender;
  readonly partition: Partition;
  readonly group: string;
  readonly epoch: number | undefined;
  readonly #faults: Faults;
  readonly #onSent: () => void;
  #next: number;
  #isTurnPlanned = false;

  constructor(sender: Sender, place: ReaderPlace, faults: Faults, onSent: () => void) {
    this.sender = sender;
    this.partition = place.partition;
    this.group = place.group;
    this.epoch = place.epoch;
    this.#next = place.next;
    this.#faults = faults;
    this.#onSent = onSent;
  }

  /** Sends again what was sent: the client sees duplicates in the middle of its stream. */
  rewind(events: number): void {
    this.#next = Math.max(this.partition.begin, this.#next - events);
    this.pump();
  }

  get #isHeld(): boolean {
    return this.#faults.isStalled || this.#next >= this.#faults.holdAfter;
  }

  pump(): void {
    if (this.#isTurnPlanned) return;
    let sent = 0;
    // What is handed over in this turn is taken from the credit at its end only.
    const room = this.sender.is_open() ? Math.min(TURN, creditOf(this.sender)) : 0;
    while (!this.#isHeld && sent < room && this.sender.sendable()) {
      this.#next = Math.max(this.#next, this.partition.begin);
      if (this.#next >= this.partition.end) break;
      const event = this.partition.at(this.#next);
      const no = this.#next;
      this.#next += 1;
      sent += 1;
      if (event) {
        this.sender.send(encode(event, this.partition, no), undefined, 0);
        this.#onSent();
      }
    }
    if (sent === 0) return;
    this.#isTurnPlanned = true;
    setImmediate(() => {
      this.#isTurnPlanned = false;
      this.pump();
    });
  }
}

/** It is missing from the types. */
function creditOf(sender: Sender): number {
  return Number((sender as unknown as { readonly credit?: number }).credit ?? 0);
}

function encode(event: KeptEvent, partition: Partition, sequenceNumber: number): Buffer {
  return rhea.message.encode({
    ...event.fields,
    message_annotations: {
      'x-opt-sequence-number': rhea.types.wrap_long(sequenceNumber),
      'x-opt-offset': partition.offsetOf(sequenceNumber),
      'x-opt-enqueued-time': rhea.types.wrap_timestamp(event.enqueuedAt),
    },
    body: event.body,
  });
}
