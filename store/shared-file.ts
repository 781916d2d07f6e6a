import { constants, existsSync } from 'node:fs';
import { copyFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openFailed, readFailed } from './failures.ts';
import type { Claimant } from './lease.ts';
import { ownPath } from './own-files.ts';
import { ADDER_PATIENCE, patientlyToWrite } from './patience.ts';
import type { Store } from './store.ts';
import { mending } from './torn-block.ts';
import { Turns } from './turns.ts';

/** What the file is called while it is held. */
const NAME = 'witness';
/** A larger file is not copied to be read: it is held meanwhile. To copy this much takes three or four seconds. */
const MAX_COPY_BYTES = 4 * 1024 ** 3;
/** The copy leaves so many times its size free. */
const ROOM = 2;

const READ_ONLY = '(read_only)';

/** The lock on a file does not keep a process from itself, so its own stores take turns at it. */
const turnsAt = new Map<string, Turns>();

/** A database file that others may read whenever no connection of ours holds it. */
export class SharedFile {
  readonly #path: string;
  readonly #self: Claimant | undefined;
  readonly #turns = new Turns();
  readonly #turnsAtFile: Turns;

  constructor(path: string, self?: Claimant) {
    this.#path = path;
    this.#self = self;
    const place = resolve(path);
    this.#turnsAtFile = turnsAt.get(place) ?? new Turns();
    turnsAt.set(place, this.#turnsAtFile);
  }

  /**
   * Does `work` while the connection of `store` has the file's tables as its own. Connections take turns,
   * in the order in which they asked; work that holds must not hold again. What was committed is in the file
   * itself when it is let go.
   */
  async hold<T>(store: Store, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() =>
      this.#turnsAtFile.take(() => attached(store, this.#path, '', work)),
    );
  }

  /**
   * The same for work that only reads. It sees the file as it is now, in a copy, so that others may read and
   * write meanwhile; a file that is too large for that is held, and then nobody writes.
   */
  async holdToRead<T>(store: Store, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      const copy = await this.#turnsAtFile.take(() => this.#copied(store));
      return copy === undefined
        ? this.#turnsAtFile.take(() => attached(store, this.#path, READ_ONLY, work))
        : readOnce(store, copy, work);
    });
  }

  /** A copy of the file for one reader; undefined where none is to be made. */
  async #copied(store: Store): Promise<string | undefined> {
    const copy = ownPath(this.#path, 'copy', this.#self);
    return attached(store, this.#path, READ_ONLY, async () => {
      // What a process that was killed has left in the log would be missing from the copy.
      if (existsSync(`${this.#path}.wal`)) return undefined;
      const { size } = await stat(this.#path);
      const { bavail, bsize } = await statfs(dirname(this.#path));
      if (size > MAX_COPY_BYTES || size * (1 + ROOM) > bavail * bsize) return undefined;
      try {
        await copyFile(this.#path, copy, constants.COPYFILE_FICLONE);
        return copy;
      } catch {
        // No room for two: the file itself is read.
        await rm(copy, { force: true });
        return undefined;
      }
    });
  }
}

/** Reads a copy whose name is gone before it is read, so that a kill leaves nothing; else it is gone afterwards. */
async function readOnce<T>(store: Store, copy: string, work: () => Promise<T>): Promise<T> {
  try {
    return await attached(store, copy, READ_ONLY, async () => {
      await rm(copy).catch(() => undefined);
      return work();
    });
  } finally {
    await rm(copy, { force: true });
  }
}

/** Does `work` while the file's tables are the connection's own; waits for processes that have the file. */
async function attached<T>(
  store: Store,
  path: string,
  mode: '' | typeof READ_ONLY,
  work: () => Promise<T>,
): Promise<T> {
  await patientlyToWrite(path, () => attach(store, path, mode), ADDER_PATIENCE);
  try {
    await store.run(`use ${NAME}`);
    return await work();
  } finally {
    await store.run('use memory');
    await store.run(`detach ${NAME}`);
  }
}

async function attach(store: Store, path: string, mode: string): Promise<void> {
  try {
    const open = () => store.run(`attach ${quoted(path)} as ${NAME} ${mode}`);
    await (mode === READ_ONLY ? open() : mending(path, open));
  } catch (error) {
    throw mode === READ_ONLY ? readFailed(path, error) : openFailed(path, error);
  }
}

/** The statement that opens a file takes no parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
