import { closeSync, createWriteStream, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Files here are memory, on Linux; elsewhere there is only the disk's folder for temporary files. */
const SHARED_MEMORY = '/dev/shm';

export interface Unpacked {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * A file of one's own for bytes that DuckDB cannot read as they are. On Linux it is in memory and
 * has no name any more when it is read, so that nothing of it outlives the process.
 */
export async function writeUnpacked(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Unpacked> {
  const inMemory = existsSync(SHARED_MEMORY);
  const folder = mkdtempSync(join(inMemory ? SHARED_MEMORY : tmpdir(), 'mcp-witness-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, name);
    await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
    if (!inMemory) return { path, remove: removeFolder };
    const file = openSync(path, 'r');
    removeFolder();
    return { path: `/proc/self/fd/${file}`, remove: () => closeSync(file) };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
