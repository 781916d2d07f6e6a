import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

/** An event is at most 20 MB on the wire; what unpacks to more than this was made to do harm. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

type Packing = 'gzip' | 'zlib' | 'deflate' | 'br';

export type Unpacked =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
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

const UNPACK: Readonly<Record<Packing, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }),
  zlib: (bytes) => inflateSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }),
  deflate: (bytes) => inflateRawSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }),
  br: (bytes) =>
    brotliDecompressSync(bytes, {
      maxOutputLength: MAX_UNPACKED_BYTES,
      params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 },
    }),
};

/** The bytes of a body without their packing; what is damaged or too large is told apart. */
export function unpack(bytes: Buffer, contentEncoding: string | undefined): Unpacked {
  const packing = packingOf(bytes, contentEncoding);
  if (packing === undefined) return { kind: 'bytes', bytes };
  try {
    return { kind: 'bytes', bytes: UNPACK[packing](bytes) };
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return {
      kind: 'unreadable',
      reason: isTooLarge
        ? `a body that unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB`
        : `a body whose ${packing} data is damaged or cut short`,
    };
  }
}
