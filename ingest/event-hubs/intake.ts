import type { TextBatch, Unreadable } from '../transports/batches.ts';
import type { BodyLine } from './body.ts';
import type { Gap } from './gaps.ts';

/** More lines than this in one piece, and the id of a record would not hold them. */
const MAX_LINES = 50_000;
/** What is mapped at a time is made of whole pieces: a longer one is of one line. */
const PIECE_BYTES = 16 * 1024 * 1024;
/** A piece more takes the engine less time than it takes to copy so much. */
const JOINED_BYTES = 256 * 1024;
/** What is handed over at a time. */
const SOME_BYTES = 4 * 1024 * 1024;
const SOME_PIECES = 1_000;

/** What was accepted of one partition and is not stored yet. */
export class Intake {
  readonly #pieces: TextBatch[] = [];
  readonly unreadables: Unreadable[] = [];
  readonly gaps: Gap[] = [];
  redelivered = 0;
  /** The position was set although nothing was accepted: it is to be kept all the same. */
  isPlaced = false;
  events = 0;
  bytes = 0;
  #lines: Buffer[] = [];
  #lineBytes = 0;
  #firstNo = 0;

  get isEmpty(): boolean {
    const { events, redelivered, gaps, isPlaced } = this;
    return events === 0 && redelivered === 0 && gaps.length === 0 && !isPlaced;
  }

  /** Takes the body of the event with that sequence number. */
  add(sequenceNumber: number, body: BodyLine): void {
    this.events += 1;
    if (body.kind === 'line') this.#addLine(sequenceNumber, body.bytes);
    const unread = body.kind === 'line' ? body.cut : body;
    if (unread === undefined) return;
    this.settle();
    this.unreadables.push({ reason: unread.reason, recordNo: sequenceNumber, bytes: unread.size });
  }

  #addLine(sequenceNumber: number, bytes: Buffer): void {
    const follows = sequenceNumber === this.#firstNo + this.#lines.length;
    const isFull = this.#lines.length >= MAX_LINES || this.#lineBytes + bytes.length > PIECE_BYTES;
    if (!follows || isFull) this.settle();
    if (this.#lines.length === 0) this.#firstNo = sequenceNumber;
    this.#lines.push(bytes);
    this.#lineBytes += bytes.length + 1;
    this.bytes += bytes.length + 1;
  }

  /**
   * Puts the lines that are next to each other into one text. The client's bodies are slices of what
   * came from the network, which could not be freed before.
   */
  settle(): void {
    if (this.#lines.length === 0) return;
    const count = this.#lines.length;
    const length = this.#lines.reduce((sum, line) => sum + line.length + 1, -1);
    const text = Buffer.allocUnsafe(length);
    let at = 0;
    for (const line of this.#lines) {
      if (at > 0) text[at++] = 0x0a;
      at += line.copy(text, at);
    }
    this.#pieces.push({ text, firstNo: this.#firstNo, count });
    this.#lines = [];
    this.#lineBytes = 0;
  }

  /**
   * Hands over the texts of what was accepted, some at a time; small ones that are next to each other are one. Each
   * is let go when it was taken.
   */
  *takePieces(): Generator<TextBatch[]> {
    this.settle();
    while (this.#pieces.length > 0) {
      const some: TextBatch[] = [];
      for (let bytes = 0; bytes < SOME_BYTES && some.length < SOME_PIECES; ) {
        const first = this.#pieces.shift();
        if (first === undefined) break;
        const piece = joinedBatch([first, ...this.#takeFollowing(first)]);
        some.push(piece);
        bytes += piece.text.length;
      }
      yield some;
    }
  }

  /** Those after `first` that go with it into one text. */
  #takeFollowing(first: TextBatch): TextBatch[] {
    let lines = first.count;
    let bytes = first.text.length;
    const end = this.#pieces.findIndex(({ firstNo, count, text }) => {
      const follows = firstNo === first.firstNo + lines;
      lines += count;
      bytes += text.length + 1;
      return !follows || lines > MAX_LINES || bytes > JOINED_BYTES;
    });
    return this.#pieces.splice(0, end < 0 ? this.#pieces.length : end);
  }
}

const NEWLINE = Buffer.from('\n');

function joinedBatch(run: readonly [TextBatch, ...TextBatch[]]): TextBatch {
  const [first] = run;
  if (run.length === 1) return first;
  const parts = run.flatMap(({ text }, no) => (no === 0 ? [text] : [NEWLINE, text]));
  const count = run.reduce((sum, each) => sum + each.count, 0);
  return { firstNo: first.firstNo, count, text: Buffer.concat(parts) };
}
