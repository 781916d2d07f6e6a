/** Room for a chunk of a file and for the rest of a line that began before it. */
const BUFFER_BYTES = 5 * 1024 * 1024;
/** What more than two mappers and a reader hold at a time is not kept. */
const MOST_FREE = 6;

/**
 * Large buffers that are used again. Each new one brings the collector nearer to its next look at
 * all that Node holds, and its pages are asked for anew.
 */
const free: Buffer[] = [];

/** A buffer of 5 MB with anything in it, which nobody else holds. */
export function takeBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Copies pieces into one buffer, and gives back theirs; nobody may hold the pieces any more. */
export function joined(pieces: readonly Buffer[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = length <= BUFFER_BYTES ? takeBuffer() : Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const piece of pieces) at += piece.copy(all, at);
  for (const piece of pieces) giveBack(piece);
  return all.subarray(0, length);
}

/** Takes back a buffer of which this is a part; what is none of these is left to the collector. */
export function giveBack(part: Uint8Array): void {
  const { buffer } = part;
  if (buffer.byteLength !== BUFFER_BYTES || free.length >= MOST_FREE) return;
  if (free.some((each) => each.buffer === buffer)) return;
  free.push(Buffer.from(buffer as ArrayBuffer, 0, BUFFER_BYTES));
}
