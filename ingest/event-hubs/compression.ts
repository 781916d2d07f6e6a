import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { gzipHeaderLength, TRAILER_BYTES } from '../transports/gzip-end.ts';

/** An event is at most 20 MB on the wire; what unpacks to more than this was made to do harm. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

type Packing = 'gzip' | 'zlib' | 'deflate' | 'br';

export type Unpacked =
  | {
      readonly kind: 'bytes';
      readonly bytes: Buffer;
      /** What is behind the packed data and no part of it. */
      readonly rest?: { readonly reason: string; readonly size: number } | undefined;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** How bytes are packed: what the sender says, else what they begin with. */
export function packingOf(bytes: Buffer, contentEncoding: string | undefined): Packing | undefined {
  const first = bytes[0];
  const second = bytes[1] ?? 0;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  if (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second)) return 'zlib';
  // Text is text, whatever a header says that was forgotten there.
  if (contentEncoding === undefined || first === 0x7b || first === 0x5b) return undefined;
  const named = contentEncoding.trim().toLowerCase();
  if (named === 'deflate' || named === 'br') return named;
  return named === 'gzip' || named === 'zlib' ? named : undefined;
}

type Unpack = (bytes: Buffer, options: object) => unknown;

/** What was unpacked, and how many bytes that was made of. */
interface Whole {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const UNPACK: Readonly<Record<Packing, Unpack>> = {
  gzip: gunzipSync,
  zlib: inflateSync,
  deflate: inflateRawSync,
  br: brotliDecompressSync,
};

function whole(bytes: Buffer, packing: Packing): Whole {
  const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 };
  return UNPACK[packing](bytes, {
    maxOutputLength: MAX_UNPACKED_BYTES,
    info: true,
    ...(packing === 'br' ? { params } : {}),
  }) as Whole;
}

/** The bytes of a body without their packing; what is damaged or too large is told apart. */
export function unpack(bytes: Buffer, contentEncoding: string | undefined): Unpacked {
  const packing = packingOf(bytes, contentEncoding);
  if (packing === undefined) return { kind: 'bytes', bytes };
  try {
    const { buffer, engine } = packing === 'gzip' ? gunzipped(bytes) : whole(bytes, packing);
    const rest = bytes.subarray(engine.bytesWritten);
    // Zeroes fill a block, and mean nothing.
    if (rest.every((byte) => byte === 0)) return { kind: 'bytes', bytes: buffer };
    const reason = `other bytes follow the ${packing} data, which ends after ${engine.bytesWritten} bytes`;
    return { kind: 'bytes', bytes: buffer, rest: { reason, size: rest.length } };
  } catch (error) {
    const isTooLarge = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    return {
      kind: 'unreadable',
      reason: isTooLarge
        ? `a body that unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB`
        : `a body whose ${packing} data is damaged or cut short`,
    };
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Of gzip data with other bytes behind it nothing is given: these are left out, as `ingest files` does. */
function gunzipped(bytes: Buffer): Whole {
  try {
    return whole(bytes, 'gzip');
  } catch (error) {
    const end = codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? undefined : endOfGzip(bytes);
    if (end === undefined) throw error;
    return whole(bytes.subarray(0, end), 'gzip');
  }
}

/** Where the last whole member ends and other bytes begin; undefined where none do. */
function endOfGzip(bytes: Buffer): number | undefined {
  let end: number | undefined;
  for (let start = 0; start < bytes.length; start = end) {
    const header = gzipHeaderLength(bytes.subarray(start));
    if (header === undefined) return end;
    const { engine } = whole(bytes.subarray(start + header), 'deflate');
    end = start + header + engine.bytesWritten + TRAILER_BYTES;
    if (end > bytes.length) return undefined;
  }
  return undefined;
}
