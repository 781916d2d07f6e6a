/**
 * Finds where JSON values begin and end in a stream of bytes, without parsing them: depth and
 * strings are all it knows. The elements of a top-level array count as values of their own, so a
 * file of any size is read in bounded memory, and what follows a broken value is found again.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;
const SPACE = 0x20;

export interface ValueSink {
  /** A whole value; its bytes are valid during the call only. */
  value(bytes: Buffer): void;
  /** A value that grew past the limit or ended with the input. */
  broken(reason: 'too_long' | 'cut_short', bytes: number): void;
}

export class JsonValueSplitter {
  readonly #sink: ValueSink;
  readonly #limit: number;
  #parts: Buffer[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inArray = false;
  #inValue = false;

  constructor(sink: ValueSink, limit: number) {
    this.#sink = sink;
    this.#limit = limit;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let start = this.#inValue ? 0 : -1;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i] as number;
      if (!this.#inValue) {
        if (!this.#opensValue(byte)) continue;
        this.#inValue = true;
        start = i;
      }
      const end = this.#closesValue(byte);
      if (end === 'no') continue;
      this.#finish(chunk.subarray(start, end === 'with' ? i + 1 : i));
      // The bracket that ended a bare scalar closes the array around it.
      if (end === 'before' && byte === CLOSE_ARRAY) this.#inArray = false;
      start = -1;
    }
    if (this.#inValue && start >= 0) this.#keep(chunk.subarray(start));
  }

  /** No more bytes will come. */
  end(): void {
    if (!this.#inValue) {
      if (this.#inArray) this.#sink.broken('cut_short', 0);
      return;
    }
    const isScalar = this.#depth === 0 && !this.#inString;
    if (isScalar && !this.#inArray) this.#finish(Buffer.alloc(0));
    else this.#sink.broken('cut_short', this.#length);
    this.#inValue = false;
  }

  #opensValue(byte: number): boolean {
    if (byte <= SPACE || byte === COMMA) return false;
    if (byte === OPEN_ARRAY && !this.#inArray) {
      this.#inArray = true;
      return false;
    }
    if (byte === CLOSE_ARRAY && this.#inArray) {
      this.#inArray = false;
      return false;
    }
    return true;
  }

  /** Moves the state over one byte of a value; says whether the value ends with or before it. */
  #closesValue(byte: number): 'no' | 'with' | 'before' {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return !this.#inString && this.#depth === 0 ? 'with' : 'no';
    }
    if (byte === QUOTE) {
      this.#inString = true;
      return 'no';
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#depth += 1;
      return 'no';
    }
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (this.#depth === 0) return 'before';
      this.#depth -= 1;
      return this.#depth === 0 ? 'with' : 'no';
    }
    return this.#depth === 0 && (byte === COMMA || byte === NEWLINE) ? 'before' : 'no';
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    // Past the limit only the count goes on: the end is still looked for, the bytes are not held.
    if (this.#length > this.#limit) this.#parts = [];
    else this.#parts.push(Buffer.from(part));
  }

  #finish(last: Buffer): void {
    const length = this.#length + last.length;
    if (length > this.#limit) this.#sink.broken('too_long', length);
    else this.#sink.value(this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]));
    this.#parts = [];
    this.#length = 0;
    this.#depth = 0;
    this.#inValue = false;
  }
}
