import type { PartitionProperties, ReceivedEventData } from '@azure/event-hubs';
import type { BodyLine } from './body.ts';
import { type Gap, holesBetween } from './gaps.ts';
import { Intake } from './intake.ts';
import type { Checkpoint, Position } from './positions.ts';

/** Where to begin where nothing was read before: 'earliest', 'latest', or an ISO time. */
export type Start = string;

/** A place that Event Hubs reads as the first event that is still there. */
const EARLIEST = '-1';

function isSameTime(a: string | null, b: string): boolean {
  return a !== null && Date.parse(a) === Date.parse(b);
}

/** Whether a partition stands in the store where it is thought to. */
export function isSamePlace(a: StoredPlace | undefined, b: StoredPlace | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.sequenceNumber === b.sequenceNumber &&
    isSameTime(a.streamCreatedAt, String(b.streamCreatedAt))
  );
}

/** Where nothing was read yet, and nothing is passed over. */
const BEGINNING: Position = { sequenceNumber: -1, offset: EARLIEST, enqueuedAt: null };

/** What decides where a partition begins, beside what the hub says of it. */
interface Arrival {
  readonly start: Start;
  /** Other partitions were read before this one was there: it is new, and so all of it is wanted. */
  readonly isAdded: boolean;
  readonly streamCreatedAt: string;
  readonly now: Date;
}

/** How far a partition is stored, and of which hub under its name. */
export type StoredPlace = Pick<Checkpoint, 'sequenceNumber' | 'streamCreatedAt'>;

type Place = Pick<ReceivedEventData, 'sequenceNumber' | 'offset' | 'enqueuedTimeUtc'>;

/** Whether the time to begin at is still to come: then nobody knows yet what comes after it. */
function isToCome(start: Start, now: Date): boolean {
  return Date.parse(start) > now.getTime();
}

/** The place of the last event that was ever there. */
function lastPlaceOf(properties: PartitionProperties): Position {
  const { lastEnqueuedSequenceNumber: last, lastEnqueuedOffset, lastEnqueuedOnUtc } = properties;
  if (last < 0) return BEGINNING;
  const enqueuedAt = lastEnqueuedOnUtc.toISOString();
  return { sequenceNumber: last, offset: String(lastEnqueuedOffset), enqueuedAt };
}

/** The last sequence number that is there; -1: none. */
export function endOf(properties: PartitionProperties): number {
  const { isEmpty, beginningSequenceNumber: begin, lastEnqueuedSequenceNumber: last } = properties;
  return isEmpty || begin > last ? -1 : last;
}

/** One partition of a stream in this process. */
export class Partition {
  readonly id: string;
  /** The last sequence number when the stream was opened: there it has caught up. -1: nothing is to come. */
  target: number;
  /** The last sequence number when the hub was asked last. -1: nothing is there. */
  end: number;
  #position: Position | undefined;
  /** Where the event that was accepted last stands, as long as nobody asked: events come much more often than anybody asks. */
  #last: Place | undefined;
  /** Without a position: the first number that may be one of an event after the start. */
  #floor: { readonly sequenceNumber: number; readonly startAt: string } | undefined;
  intake = new Intake();
  /** Times that the same hole was read again. */
  rereads = 0;
  idleCalls = 0;
  /** Times that another reader has taken it. */
  disputes = 0;
  /** When trouble began that has not ended yet, by the clock of `performance`. */
  troubleSince: number | undefined;
  /** Over this run. */
  events = 0;
  redelivered = 0;
  /** What the store has of it once all that was handed over is stored; undefined: nothing. */
  stored: StoredPlace | undefined;
  /** What is to come where there is no position comes after this sequence number. */
  #before = -1;

  private constructor(id: string, target: number, position: Position | undefined) {
    this.id = id;
    this.target = target;
    this.end = target;
    this.#position = position;
  }

  /** The highest sequence number that was accepted or is not wanted; undefined: whatever comes after the start is the first. */
  get position(): Position | undefined {
    if (this.#last) {
      const { sequenceNumber, offset, enqueuedTimeUtc } = this.#last;
      this.position = {
        sequenceNumber,
        offset: String(offset),
        enqueuedAt: enqueuedTimeUtc.toISOString(),
      };
    }
    return this.#position;
  }

  set position(position: Position | undefined) {
    this.#last = undefined;
    this.#position = position;
  }

  /** That of the position. */
  get sequenceNumber(): number | undefined {
    return this.#last?.sequenceNumber ?? this.#position?.sequenceNumber;
  }

  /** A partition that was added while the stream was read, which is read from its first event. */
  static added(id: string, start: Start, now: Date): Partition {
    const partition = new Partition(id, -1, undefined);
    if (!isToCome(start, now)) partition.#place(BEGINNING);
    return partition;
  }

  /** Decides where to begin, and notes what is missing since the checkpoint. */
  static arrive(
    properties: PartitionProperties,
    checkpoint: Checkpoint | undefined,
    arrival: Arrival,
  ): Partition {
    const { streamCreatedAt, now } = arrival;
    const { partitionId, lastEnqueuedSequenceNumber: last } = properties;
    const begin = properties.beginningSequenceNumber;
    const end = endOf(properties);
    const isEmpty = end < 0;
    const partition = new Partition(partitionId, end, checkpoint);
    partition.stored = checkpoint;
    if (checkpoint === undefined) {
      partition.#begin(properties, isEmpty, arrival);
      return partition;
    }
    const toAt = now.toISOString();
    const isOther =
      !isSameTime(checkpoint.streamCreatedAt, streamCreatedAt) || last < checkpoint.sequenceNumber;
    if (isOther) partition.#startAnew(toAt);
    partition.skipTo(begin, toAt);
    return partition;
  }

  #begin(
    properties: PartitionProperties,
    isEmpty: boolean,
    { start, isAdded, now }: Arrival,
  ): void {
    const { beginningSequenceNumber, lastEnqueuedSequenceNumber: last } = properties;
    this.#before = beginningSequenceNumber - 1;
    const isTime = start !== 'earliest' && start !== 'latest';
    const isPast = last < 0 || properties.lastEnqueuedOnUtc.getTime() <= Date.parse(start);
    if (isTime && isPast) {
      this.target = -1;
      this.#before = last;
    }
    if (isToCome(start, now)) return;
    if (start === 'latest' || (isTime && isPast)) {
      this.#place(lastPlaceOf(properties));
      return;
    }
    const first = isEmpty ? last + 1 : beginningSequenceNumber;
    if (isTime && !isEmpty) {
      this.#floor = { sequenceNumber: isAdded ? 0 : first, startAt: start };
      return;
    }
    const enqueuedAt = isEmpty ? lastPlaceOf(properties).enqueuedAt : null;
    this.#place(isAdded ? BEGINNING : { ...BEGINNING, sequenceNumber: first - 1, enqueuedAt });
    this.skipTo(first, now.toISOString());
  }

  /** A place of its own, kept at once: what comes from now on is not passed over, in no later run. */
  #place(position: Position): void {
    this.intake.isPlaced = true;
    this.position = position;
  }

  /** The hub is not the one that was read before: what was left in that one is gone. */
  #startAnew(toAt: string): void {
    const before = this.position;
    this.note({
      cause: 'recreated',
      from: (before?.sequenceNumber ?? -1) + 1,
      to: null,
      fromAt: before?.enqueuedAt ?? null,
      toAt,
    });
    this.position = BEGINNING;
  }

  /** Notes what fell to retention before `begin`, the first that the partition still has. */
  skipTo(begin: number, toAt: string): void {
    const last = this.position;
    if (last === undefined || begin <= last.sequenceNumber + 1) return;
    for (const { cause, from, to } of holesBetween(last.sequenceNumber, begin, begin)) {
      this.note({ cause, from, to, fromAt: last.enqueuedAt, toAt });
    }
    this.position = { sequenceNumber: begin - 1, offset: EARLIEST, enqueuedAt: null };
  }

  /** What may be missing before `first`, the oldest that the hub has, where none was accepted yet. */
  missingBefore(first: number, toAt: string): Gap[] {
    if (this.#floor === undefined) return [];
    const { sequenceNumber, startAt } = this.#floor;
    return holesBetween(sequenceNumber - 1, first, first).map(({ cause, from, to }) => {
      return { cause, from, to, fromAt: startAt, toAt };
    });
  }

  /** Takes over what another look at the hub has found; what was accepted is kept. */
  comeBack(found: Partition, toAt: string): void {
    const isAnew = found.intake.gaps.some(({ cause }) => cause === 'recreated');
    const isBehind = (found.sequenceNumber ?? -1) <= (this.sequenceNumber ?? -1);
    this.end = found.end;
    // It went on while the hub was asked.
    if (!isAnew && isBehind) return;
    if (this.position === undefined && found.position !== undefined) {
      // What came after the start was not read, and is not there any more.
      this.intake.gaps.push(...this.missingBefore(found.position.sequenceNumber + 1, toAt));
    }
    if (found.intake.isPlaced) this.intake.isPlaced = true;
    this.target = found.target;
    this.position = found.position;
    this.intake.gaps.push(...found.intake.gaps);
  }

  /** Begins at the first event that is there; what was accepted before is dropped again. */
  readFromEarliest(): void {
    if (this.position) this.position = { ...this.position, offset: EARLIEST };
  }

  note(gap: Gap): void {
    this.intake.gaps.push(gap);
  }

  get isCaughtUp(): boolean {
    return (this.sequenceNumber ?? -1) >= this.target;
  }

  /** Events that are still to come of those that were there when the hub was asked last. */
  get lag(): number {
    return Math.max(0, this.end - (this.sequenceNumber ?? this.#before));
  }

  /** Drops an event that came again. */
  redeliver(): void {
    this.intake.redelivered += 1;
    this.redelivered += 1;
  }

  /** Accepts the next event; returns how many bytes it holds. */
  take({ sequenceNumber, offset, enqueuedTimeUtc }: Place, body: BodyLine): number {
    const before = this.intake.bytes;
    this.intake.add(sequenceNumber, body);
    this.events += 1;
    this.rereads = 0;
    this.#last = { sequenceNumber, offset, enqueuedTimeUtc };
    return this.intake.bytes - before;
  }

  /** Hands over what was accepted since the last time; the store then has it up to there. */
  handOver(stored: StoredPlace): Intake {
    this.stored = stored;
    const taken = this.intake;
    taken.settle();
    this.intake = new Intake();
    return taken;
  }
}
