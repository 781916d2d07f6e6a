import { createReadStream, type ReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { messageOf, systemReason } from '../../core/errors.ts';
import { giveBack, takeBuffer } from './buffers.ts';
import { endOfGzip } from './gzip-end.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNKS = { highWaterMark: CHUNK_BYTES } as const;

/** What went wrong while a file was read; filled when the bytes have ended. */
export interface ReadProblem {
  reason?: string;
  /** All of the gzip data could be read, and other bytes are behind it. */
  hasBytesBehind?: boolean;
}

/**
 * The bytes of a file, unpacked when it is gzip. A file that is cut short gives what can be had of
 * it, and one with other bytes behind its gzip data gives that; `problem.reason` then says what is
 * wrong. Reading stops where the reader stops. A chunk is its reader's, who may give it back.
 */
export async function* fileBytes(
  path: string,
  isGzip: boolean,
  problem: ReadProblem,
): AsyncGenerator<Buffer> {
  if (!isGzip) return yield* plainBytes(path, problem);
  const first: Unpacking = {};
  let given = 0;
  for await (const chunk of unpackedBytes(createReadStream(path, CHUNKS), first)) {
    given += chunk.length;
    yield chunk;
  }
  if (first.error === undefined) return;
  problem.reason = `the gzip data is damaged or cut short: ${messageOf(first.error)}`;
  const end = first.error.code === 'Z_DATA_ERROR' ? await endOfGzip(path) : undefined;
  if (end === undefined) return;
  // What was unpacked together with them was thrown away.
  const second: Unpacking = {};
  const file = createReadStream(path, { ...CHUNKS, end: end - 1 });
  for await (const chunk of unpackedBytes(file, second)) {
    if (given < chunk.length) yield chunk.subarray(given);
    given = Math.max(0, given - chunk.length);
  }
  if (second.error !== undefined) return;
  problem.reason = `other bytes follow the gzip data, which ends after ${end} bytes`;
  problem.hasBytesBehind = true;
}

async function* plainBytes(path: string, problem: ReadProblem): AsyncGenerator<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    for (;;) {
      const buffer = takeBuffer();
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return giveBack(buffer);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    problem.reason = `cannot be read: ${systemReason(error)}`;
  } finally {
    await file?.close();
  }
}

interface Unpacking {
  error?: NodeJS.ErrnoException;
}

/** What can be unpacked; `unpacking.error` then says why that is not all. */
async function* unpackedBytes(file: ReadStream, unpacking: Unpacking): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 1024 * 1024 });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  // An async iterator would throw away what was unpacked before the error; the queue keeps it.
  const queue: Buffer[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  gunzip.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    if (queue.length > 8) gunzip.pause();
    wake();
  });
  gunzip.on('error', (error) => {
    unpacking.error = error;
    ended = true;
    wake();
  });
  gunzip.on('end', () => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      const chunk = queue.shift();
      if (chunk) {
        yield chunk;
        if (queue.length === 0) gunzip.resume();
      } else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}
