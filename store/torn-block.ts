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
import { DuckDBInstance } from '@duckdb/node-api';
import { notice } from '../core/notices.ts';

/** What DuckDB says when it reads a block that is not what its checksum was made of. */
const MESSAGE =
  /Corrupt database file: computed checksum \d+ does not match stored checksum \d+ in block at location (\d+)/;
/** Three headers stand before the first block. */
const FIRST_BLOCK = 3 * 4096;
const BLOCK_BYTES = 262_144;
const CHECKSUM_BYTES = 8;
/** Who mends is done within moments; a mark that is older was left by a process that was killed. */
const MARK_MS = 60_000;

/**
 * Where the block starts because of which a file cannot be opened, when a process was killed within a write: its log is still
 * there. A checkpoint removes it when all else is written.
 */
export function tornBlock(path: string, error: unknown): number | undefined {
  const [, place] = MESSAGE.exec(error instanceof Error ? error.message : '') ?? [];
  const location = Number(place);
  const isBlock = location >= FIRST_BLOCK && (location - FIRST_BLOCK) % BLOCK_BYTES === 0;
  return isBlock && existsSync(logOf(path)) ? location : undefined;
}

/**
 * Opens a file to write to it. DuckDB writes the blocks of its own metadata in their place when it checkpoints. A process
 * that is killed within such a write leaves a block with some pages of before and some of after, and whoever needs it fails.
 * What the header of the file refers to is the same before and after, so that the block lacks nothing but its checksum.
 */
export async function mending<T>(path: string, open: () => Promise<T>): Promise<T> {
  if (!existsSync(logOf(path))) return open();
  return marked(path, async () => {
    const mended = await mendOne(path);
    try {
      const opened = await open();
      if (mended !== undefined) {
        notice(
          `A process was killed while it wrote to '${path}'; the checksum of one block was made anew, and nothing is lost.`,
        );
      }
      return opened;
    } catch (error) {
      if (mended !== undefined) writeChecksum(path, mended.location, mended.stored);
      throw error;
    }
  });
}

interface Mended {
  readonly location: number;
  /** The checksum that stood there before. */
  readonly stored: bigint;
}

/** Gives the one block that a kill can have torn its checksum; two such blocks are damage of another kind. */
async function mendOne(path: string): Promise<Mended | undefined> {
  let mended: Mended | undefined;
  try {
    const located = await metadataBlocks(path).catch(async (error: unknown) => {
      const location = tornBlock(path, error);
      if (location === undefined) throw error;
      mended = mend(path, location);
      return metadataBlocks(path).catch(() => {
        throw error;
      });
    });
    const torn = located.filter((location) => isTorn(path, location));
    const [location] = torn;
    if (location === undefined && mended === undefined) return undefined;
    if (torn.length + (mended ? 1 : 0) > 1)
      throw new Error(`'${path}' has several damaged blocks.`);
    if (location !== undefined) mended = mend(path, location);
  } catch (error) {
    if (mended !== undefined) writeChecksum(path, mended.location, mended.stored);
    throw error;
  }
  return mended;
}

/** Where the blocks start that hold DuckDB's own metadata. */
async function metadataBlocks(path: string): Promise<number[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const rows = await connection.runAndReadAll(
      'select distinct cast(block_id as double) from pragma_metadata_info() order by all',
    );
    connection.closeSync();
    return rows.getRows().map(([id]) => FIRST_BLOCK + Number(id) * BLOCK_BYTES);
  } finally {
    instance.closeSync();
  }
}

function mend(path: string, location: number): Mended {
  const { stored, computed } = checksumsOf(path, location);
  writeChecksum(path, location, computed);
  return { location, stored };
}

function isTorn(path: string, location: number): boolean {
  const { stored, computed } = checksumsOf(path, location);
  return stored !== computed;
}

/** Of a block: the checksum before its content, and the content's as DuckDB makes it (src/common/checksum.cpp). */
function checksumsOf(path: string, location: number): { stored: bigint; computed: bigint } {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes, 0, BLOCK_BYTES, location);
  } finally {
    closeSync(file);
  }
  const [stored = 0n, ...words] = new BigUint64Array(bytes.buffer);
  let computed = 5381n;
  for (const word of words) computed ^= BigInt.asUintN(64, word * 0xbf58476d1ce4e5b9n);
  return { stored, computed };
}

function writeChecksum(path: string, location: number, checksum: bigint): void {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeBigUInt64LE(checksum);
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, CHECKSUM_BYTES, location);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** One process at a time may mend; others wait as for any lock. */
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

function logOf(path: string): string {
  return `${path}.wal`;
}
