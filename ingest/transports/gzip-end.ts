import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';

/** More than any header of gzip has: names of files and comments stand in it. */
const HEADER_BYTES = 64 * 1024;
/** Checksum and size, behind the data. */
export const TRAILER_BYTES = 8;
/** Flags of a header, https://www.rfc-editor.org/rfc/rfc1952#section-2.3 */
const FLAG = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;

/** Where the gzip data of a file ends and other bytes begin; undefined where it does not, or is damaged before. */
export async function endOfGzip(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let end: number | undefined;
    for (let start = 0; start < size; start = end) {
      const header = await headerBytes(file, start);
      // Whole members may follow one another; what is none is what was looked for.
      if (header === undefined) return end;
      const data = await dataBytes(path, start + header);
      end = start + header + (data ?? size) + TRAILER_BYTES;
      if (end > size) return undefined;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

async function headerBytes(file: FileHandle, start: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, start);
  return gzipHeaderLength(buffer.subarray(0, bytesRead));
}

/** The length of the header that these bytes begin with; undefined where they begin with none. */
export function gzipHeaderLength(head: Buffer): number | undefined {
  if (head.length < 10 || head[0] !== 0x1f || head[1] !== 0x8b) return undefined;
  const flags = head[3] as number;
  let length = 10;
  if (flags & FLAG.extra) length += 2 + (head[length] ?? 0) + (head[length + 1] ?? 0) * 256;
  for (const flag of [FLAG.name, FLAG.comment]) {
    if (flags & flag) length = head.indexOf(0, length) + 1;
  }
  return flags & FLAG.checksum ? length + 2 : length;
}

/** The length of the packed data that begins at this place; undefined where it is not whole. */
async function dataBytes(path: string, start: number): Promise<number | undefined> {
  const inflate = createReadStream(path, { start }).pipe(createInflateRaw());
  try {
    for await (const _ of inflate);
    return inflate.bytesWritten;
  } catch {
    return undefined;
  }
}
