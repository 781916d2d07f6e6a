import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** What DuckDB says when it opens a file of which a block is not what its checksum was made of. */
const MESSAGE =
  /Corrupt database file: computed checksum (\d+) does not match stored checksum (\d+) in block at location (\d+)/;
/** Three headers stand before the first block. */
const FIRST_BLOCK = 3 * 4096;
const BLOCK_BYTES = 262_144;
/** Who mends is done within moments; a mark that is older was left by a process that was killed. */
const MARK_MS = 60_000;

export interface TornBlock {
  /** Of the block as it is. */
  readonly checksum: bigint;
  /** What stands in its place. */
  readonly stored: bigint;
  readonly location: number;
}

/**
 * Whether a file cannot be opened because a process was killed within a write. Its log is still there: a checkpoint
 * removes it when all else is written.
 */
export function tornBlock(path: string, error: unknown): TornBlock | undefined {
  const [, checksum, stored, place] =
    MESSAGE.exec(error instanceof Error ? error.message : '') ?? [];
  const location = Number(place) - FIRST_BLOCK;
  const isBlock = location >= 0 && location % BLOCK_BYTES === 0;
  if (!isBlock || !existsSync(`${path}.wal`)) return undefined;
  return { checksum: BigInt(checksum ?? 0), stored: BigInt(stored ?? 0), location: Number(place) };
}

/**
 * Opens a file to write to it. DuckDB writes the blocks of its own metadata in their place when it checkpoints. A process
 * that is killed within such a write leaves a block with some pages of before and some of after, and the file cannot be opened.
 * What the header of the file refers to is the same before and after, so that the block lacks nothing but its checksum.
 */
export async function mending<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const torn = tornBlock(path, error);
    if (torn === undefined) throw error;
    return marked(path, () => mended(path, torn, error, open));
  }
}

async function mended<T>(
  path: string,
  { checksum, stored, location }: TornBlock,
  error: unknown,
  open: () => Promise<T>,
): Promise<T> {
  // Somebody else may have mended it, and written to it since.
  if (readChecksum(path, location) !== stored) return open();
  writeChecksum(path, location, checksum);
  try {
    const opened = await open();
    process.emitWarning(
      `A process was killed while it wrote to '${path}'; the checksum of one block was made anew, and nothing is lost.`,
    );
    return opened;
  } catch {
    writeChecksum(path, location, stored);
    throw error;
  }
}

/** One process at a time may mend; others wait as for any lock, and find it mended. */
async function marked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mark = `${path}.mending`;
  const since = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  if (Date.now() - since > MARK_MS) rmSync(mark, { force: true });
  try {
    closeSync(openSync(mark, 'wx'));
  } catch (error) {
    throw new Error(`Another process has the lock '${mark}': it mends the file.`, { cause: error });
  }
  try {
    return await work();
  } finally {
    rmSync(mark, { force: true });
  }
}

function readChecksum(path: string, location: number): bigint {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(8);
    readSync(file, bytes, 0, 8, location);
    return bytes.readBigUInt64LE();
  } finally {
    closeSync(file);
  }
}

function writeChecksum(path: string, location: number, checksum: bigint): void {
  const file = openSync(path, 'r+');
  try {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(checksum);
    writeSync(file, bytes, 0, 8, location);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
