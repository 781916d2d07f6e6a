import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** What went wrong while a file was read; filled when the bytes have ended. */
export interface ReadProblem {
  reason?: string;
}

/**
 * The bytes of a file, unpacked when it is gzip. A file that is cut short gives what can be had of
 * it; `problem.reason` then says what is missing. Reading stops where the reader stops.
 */
export async function* fileBytes(
  path: string,
  isGzip: boolean,
  problem: ReadProblem,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!isGzip) {
    try {
      for await (const chunk of file) yield chunk as Buffer;
    } catch (error) {
      problem.reason = `cannot be read: ${messageOf(error)}`;
    }
    return;
  }
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
    problem.reason = `the gzip data is damaged or cut short: ${messageOf(error)}`;
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
