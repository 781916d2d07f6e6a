import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { inflateRaw } from 'node:zlib';
import type avro from 'avsc';
import { messageOf } from '../../core/errors.ts';
import { type BodyForm, bodyLine, type Unread } from '../event-hubs/body.ts';
import { type Delivery, unreadable } from './batches.ts';
import { fileBytes, type ReadProblem } from './file-bytes.ts';

/** Loaded by the first such file: most runs read none. */
const avsc = (): typeof avro => createRequire(import.meta.url)('avsc') as typeof avro;

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_EVENTS = 30_000;
/** Capture writes blocks of a few MB; what is longer, or unpacks to more, was made to do harm. */
const MAX_BLOCK_BYTES = 128 * 1024 * 1024;
/** Events that are decoded and not taken yet, before decoding waits. */
const MAX_QUEUE = 2_000;
const MAX_QUEUE_BYTES = 16 * 1024 * 1024;
const SYNC_BYTES = 16;

/** An event as Event Hubs Capture writes it. */
interface CapturedEvent {
  readonly Body?: Uint8Array | { readonly bytes?: Uint8Array } | null;
  readonly SystemProperties?: Readonly<Record<string, unknown>>;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * The bodies of a file of Event Hubs Capture. A body is treated as one that came by the stream: an
 * event that was read there is a duplicate here.
 */
export async function* capturedBatches(
  { path, isGzip }: { readonly path: string; readonly isGzip: boolean },
  form: BodyForm,
  problem: ReadProblem,
): AsyncGenerator<Delivery> {
  let no = 0;
  let lines: Buffer[] = [];
  let held = 0;
  const flush = (): Delivery[] => {
    if (lines.length === 0) return [];
    const text = Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [NEWLINE, line])));
    const batch = { text, firstNo: no - lines.length + 1, count: lines.length };
    lines = [];
    held = 0;
    return [{ kind: 'batch', batch }];
  };
  for await (const event of events(path, isGzip, problem)) {
    const line = bodyLine({ body: bodyOf(event), contentEncoding: encodingOf(event) }, form);
    let unread: Unread | undefined;
    if (line.kind === 'unreadable') {
      unread = line;
      yield* flush();
      no += 1;
    } else {
      unread = line.cut;
      no += 1;
      lines.push(line.bytes);
      held += line.bytes.length;
    }
    const isFull = held >= BATCH_BYTES || lines.length >= BATCH_EVENTS;
    if (unread !== undefined || isFull) yield* flush();
    if (unread !== undefined) yield unreadable(unread.reason, no, unread.size);
  }
  yield* flush();
}

const NEWLINE = Buffer.from('\n');

function bytesOf({ Body: body }: CapturedEvent): Uint8Array | undefined {
  return body instanceof Uint8Array ? body : body?.bytes;
}

function sizeOf(event: CapturedEvent): number {
  return bytesOf(event)?.length ?? 0;
}

function bodyOf(event: CapturedEvent): unknown {
  const bytes = bytesOf(event);
  return bytes === undefined ? undefined : Buffer.from(bytes);
}

function encodingOf({ SystemProperties, Properties }: CapturedEvent): string | undefined {
  const given = SystemProperties?.['content-encoding'] ?? Properties?.['content-encoding'];
  const text = typeof given === 'object' && given !== null ? Object.values(given)[0] : given;
  return typeof text === 'string' ? text : undefined;
}

/** The events of the file as far as they can be had; `problem.reason` then says what is missing. */
async function* events(
  path: string,
  isGzip: boolean,
  problem: ReadProblem,
): AsyncGenerator<CapturedEvent> {
  const { BlockDecoder } = avsc().streams;
  const decoder = new BlockDecoder({ codecs: { null: (data, done) => done(null, data), deflate } });
  const queue: CapturedEvent[] = [];
  let queuedBytes = 0;
  let wake: () => void = () => undefined;
  let isOver = false;
  let fedSinceEvent = 0;
  let sync: Buffer | undefined;
  let tail = Buffer.alloc(0);
  const end = (reason?: string): void => {
    if (reason !== undefined) problem.reason ??= reason;
    isOver = true;
    wake();
  };
  decoder.on(
    'metadata',
    (type: { fields?: { name: string }[] }, _: unknown, header: { sync: Buffer }) => {
      sync = header.sync;
      if (!type.fields?.some(({ name }) => name === 'Body')) {
        end("an Avro file whose records have no 'Body': it is not one of Event Hubs Capture");
      }
    },
  );
  decoder.on('data', (event: CapturedEvent) => {
    if (isOver) return;
    fedSinceEvent = 0;
    queue.push(event);
    queuedBytes += sizeOf(event);
    if (queue.length >= MAX_QUEUE || queuedBytes >= MAX_QUEUE_BYTES) decoder.pause();
    wake();
  });
  decoder.on('error', (error: Error) => end(`not Avro, or damaged: ${messageOf(error)}`));
  decoder.on('end', () => end());
  const bytes = Readable.from(
    (async function* () {
      for await (const chunk of fileBytes(path, isGzip, problem)) {
        fedSinceEvent += chunk.length;
        if (fedSinceEvent > MAX_BLOCK_BYTES) {
          return end(`one Avro block of more than ${MAX_BLOCK_BYTES / 1024 / 1024} MB`);
        }
        tail = Buffer.concat([tail, chunk]).subarray(-SYNC_BYTES);
        yield chunk;
      }
    })(),
  );
  bytes.on('error', (error) => end(messageOf(error)));
  bytes.pipe(decoder);
  try {
    for (;;) {
      const event = queue.shift();
      if (event) {
        queuedBytes -= sizeOf(event);
        yield event;
      } else if (isOver) break;
      else {
        decoder.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    // Each block ends with the file's own mark, so a file that does not was cut.
    const isWhole = sync !== undefined && tail.equals(sync);
    if (!isWhole) problem.reason ??= sync ? 'the Avro file is cut short' : 'not Avro';
  } finally {
    bytes.destroy();
    decoder.destroy();
  }
}

function deflate(data: Buffer, done: (error: Error | null, unpacked?: Buffer) => void): void {
  inflateRaw(data, { maxOutputLength: MAX_BLOCK_BYTES }, (error, unpacked) =>
    error ? done(error) : done(null, unpacked),
  );
}
