import type { TextBatch, Unreadable } from '../transports/batches.ts';
import type { BodyLine } from './body.ts';
import type { Gap } from './gaps.ts';

/** More lines than this in one piece, and the id of a record would not hold them. */
const MAX_LINES = 50_000;

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
    if (!follows || this.#lines.length >= MAX_LINES) this.settle();
    if (this.#lines.length === 0) this.#firstNo = sequenceNumber;
    this.#lines.push(bytes);
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
  }

  /** Hands over the texts of what was accepted; those that are next to each other are one. */
  takePieces(): TextBatch[] {
    this.settle();
    const joined: TextBatch[] = [];
    let run: TextBatch[] = [];
    const close = (): void => {
      const [first] = run;
      if (first) joined.push({ ...first, text: joinedText(run), count: linesOf(run) });
      run = [];
    };
    for (const piece of this.#pieces.splice(0)) {
      const [first] = run;
      const lines = linesOf(run);
      const follows = first !== undefined && piece.firstNo === first.firstNo + lines;
      if (!follows || lines + piece.count > MAX_LINES) close();
      run.push(piece);
    }
    close();
    return joined;
  }
}

function linesOf(run: readonly TextBatch[]): number {
  return run.reduce((sum, { count }) => sum + count, 0);
}

const NEWLINE = Buffer.from('\n');

function joinedText(run: readonly TextBatch[]): Uint8Array {
  const [first] = run;
  if (first && run.length === 1) return first.text;
  return Buffer.concat(run.flatMap(({ text }, no) => (no === 0 ? [text] : [NEWLINE, text])));
}
