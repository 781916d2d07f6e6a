import { isUtf8 } from 'node:buffer';
import { type Delivery, linesBatch, unreadable } from './batches.ts';
import { giveBack, joined } from './buffers.ts';
import { JsonValueSplitter } from './json-values.ts';

/** No JSON value of telemetry comes near this; what is longer is set aside, its bytes not held. */
export const MAX_VALUE_BYTES = 128 * 1024 * 1024;
/** Small enough that a batch's buffers are used again and again instead of being asked for anew. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_VALUES = 65_536;

const NEWLINE = 0x0a;
const TOO_LONG = `one JSON value of more than ${MAX_VALUE_BYTES / 1024 / 1024} MB`;
const CUT_SHORT = 'the file ends inside a JSON value';

/**
 * Turns a stream of bytes into batches of JSON values, one a line. Lines are taken as they are when
 * the first of them is a whole value; otherwise (an array, a pretty-printed document) the values
 * are found by their brackets. A byte order mark is dropped, UTF-16 is read.
 */
export async function* jsonBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Delivery> {
  const source = utf8Chunks(chunks)[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  let done = false;
  while (!done && length < 65_536) {
    const next = await source.next();
    if (next.done) done = true;
    else {
      head.push(next.value);
      length += next.value.length;
    }
  }
  const first = joined(head);
  const rest = (async function* (): AsyncGenerator<Buffer> {
    yield first;
    if (!done) for await (const chunk of { [Symbol.asyncIterator]: () => source }) yield chunk;
  })();
  yield* hasValuesOnLines(first) ? lineBatches(rest) : valueBatches(rest);
}

/** How many lines decide: a broken first line must not hide that the others are whole. */
const LINES_TO_LOOK_AT = 50;

/**
 * Whether the values come one a line: one of the first lines is a whole object by itself and starts
 * it in the first column, as no line of an indented document does; or nothing here is JSON at all.
 */
function hasValuesOnLines(head: Buffer): boolean {
  const text = head.toString('latin1').trimStart();
  if (!'{["'.includes(text[0] ?? ' ')) return true;
  if (text.startsWith('[')) return false;
  return text.split('\n', LINES_TO_LOOK_AT).some(isWholeObject);
}

function isWholeObject(line: string): boolean {
  let isWhole = false;
  if (line.startsWith('{')) {
    const sink = {
      value: (bytes: Buffer) => {
        isWhole = bytes.length === line.trimEnd().length;
      },
      broken: () => undefined,
    };
    new JsonValueSplitter(sink, MAX_VALUE_BYTES).push(Buffer.from(line, 'latin1'));
  }
  return isWhole;
}

async function* lineBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Delivery> {
  let parts: Buffer[] = [];
  let held = 0;
  let firstNo = 1;
  let skipped = 0; // bytes of a line that is too long and still goes on
  for await (const chunk of chunks) {
    let piece = chunk;
    if (skipped > 0) {
      const end = piece.indexOf(NEWLINE);
      if (end < 0) {
        skipped += piece.length;
        continue;
      }
      yield unreadable(TOO_LONG, firstNo, skipped + end);
      firstNo += 1;
      skipped = 0;
      piece = piece.subarray(end + 1);
    }
    parts.push(piece);
    held += piece.length;
    if (held < BATCH_BYTES) continue;
    const all = joined(parts);
    const cut = all.lastIndexOf(NEWLINE);
    if (cut >= 0) {
      // Copied first: who takes the lines gives back what both are in.
      const rest = Buffer.from(all.subarray(cut + 1));
      for (const delivery of releasedLinesOf(all.subarray(0, cut), firstNo)) {
        firstNo += delivery.batch.count;
        yield delivery;
      }
      parts = [rest];
      held = rest.length;
    } else if (held > MAX_VALUE_BYTES) {
      skipped = held;
      parts = [];
      held = 0;
    } else {
      parts = [all];
    }
  }
  if (skipped > 0) yield unreadable(TOO_LONG, firstNo, skipped);
  yield* releasedLinesOf(joined(parts), firstNo);
}

/** Bytes that are no UTF-8 become the replacement character, as everywhere. */
function wellFormed(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8'), 'utf8');
}

type BatchDelivery = Extract<Delivery, { kind: 'batch' }>;

/** Lines of a buffer that is given back when they are copied; of more than one batch no one knows which is the last. */
function* releasedLinesOf(bytes: Buffer, firstNo: number): Generator<BatchDelivery> {
  const deliveries = [...linesOf(bytes, firstNo)];
  const [first] = deliveries;
  if (first === undefined) giveBack(bytes);
  else if (deliveries.length > 1) yield* deliveries;
  else yield { kind: 'batch', batch: { ...first.batch, release: () => giveBack(bytes) } };
}

function* linesOf(bytes: Buffer, firstNo: number): Generator<BatchDelivery> {
  let start = 0;
  let no = firstNo;
  while (start < bytes.length) {
    // Blank lines are counted here: a file may hold nothing else, by the million.
    const first = bytes[start];
    if (first === NEWLINE) {
      no += 1;
      start += 1;
      continue;
    }
    let end = start;
    let count = 0;
    while (count < BATCH_VALUES && end < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, end);
      count += 1;
      end = newline < 0 ? bytes.length + 1 : newline + 1;
    }
    const text = wellFormed(bytes.subarray(start, Math.min(end - 1, bytes.length)));
    yield { kind: 'batch', batch: { text, firstNo: no, count } };
    no += count;
    start = end;
  }
}

async function* valueBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<Delivery> {
  let lines: string[] = [];
  let held = 0;
  let no = 0;
  let firstNo = 1;
  const out: Delivery[] = [];
  const flush = (): void => {
    if (lines.length > 0) out.push(linesBatch(lines, firstNo));
    lines = [];
    held = 0;
    firstNo = no + 1;
  };
  const splitter = new JsonValueSplitter(
    {
      value: (bytes) => {
        no += 1;
        // A raw line break cannot be inside a JSON string, so it is white space here.
        lines.push(bytes.toString('utf8').replaceAll('\r', ' ').replaceAll('\n', ' '));
        held += bytes.length;
        if (lines.length >= BATCH_VALUES || held >= BATCH_BYTES) flush();
      },
      broken: (reason, bytes) => {
        flush();
        no += 1;
        firstNo = no + 1;
        out.push(unreadable(reason === 'too_long' ? TOO_LONG : CUT_SHORT, no, bytes));
      },
    },
    MAX_VALUE_BYTES,
  );
  for await (const chunk of chunks) {
    splitter.push(chunk);
    yield* out.splice(0);
  }
  splitter.end();
  flush();
  yield* out.splice(0);
}

/** UTF-8 without byte order mark, whatever mark the input begins with. */
export async function* utf8Chunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && chunk.length === 0) continue;
    if (isFirst && chunk[0] === 0xff && chunk[1] === 0xfe) decoder = new TextDecoder('utf-16le');
    if (isFirst && chunk[0] === 0xfe && chunk[1] === 0xff) decoder = new TextDecoder('utf-16be');
    const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    isFirst = false;
    if (decoder) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
    else yield hasMark ? chunk.subarray(3) : chunk;
  }
}
