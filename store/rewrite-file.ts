import { chmodSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { messageOf, UserError } from '../core/errors.ts';
import { openFailed } from './failures.ts';
import { patientlyToWrite, WRITER_PATIENCE } from './patience.ts';
import { quoted } from './shared-file.ts';
import type { Store } from './store.ts';

/** Notes that the file is to be written anew; belongs into the transaction that leaves old bytes in it. */
export async function noteRewrite(store: Store, reason: string): Promise<void> {
  await store.run('insert into pending_rewrites values ($reason)', { reason });
}

/** Whether the file is to be written anew, perhaps since a process was killed while it did that. */
export async function isRewritePending(store: Store): Promise<boolean> {
  const [row] = await store.hold(() =>
    store.rows('select exists(from pending_rewrites) as is_pending'),
  );
  return row?.['is_pending'] === true;
}

/** Copies a database into a new file and puts that in its place, while no writer can open the old one. */
export async function rewriteFile(store: Store, path: string): Promise<void> {
  await patientlyToWrite(path, () => attach(store, path), WRITER_PATIENCE);
  try {
    await replaceByCopy(store, realpathSync(path));
  } catch (error) {
    throw rewriteFailed(path, error);
  } finally {
    await store.run('detach stale');
  }
}

async function replaceByCopy(store: Store, place: string): Promise<void> {
  const copy = `${place}.new`;
  const removeCopy = (): void => {
    for (const each of [copy, `${copy}.wal`]) rmSync(each, { force: true });
  };
  removeCopy();
  try {
    await store.run(`attach ${quoted(copy)} as fresh`);
    // Threads fill parts of tables unevenly: to even them out writes most of the rows twice, and leaves the blocks free.
    await store.run('set max_vacuum_tasks = 0');
    await store.run('copy from database stale to fresh');
    await store.run('delete from fresh.main.pending_rewrites');
    await store.run('detach fresh');
    chmodSync(copy, statSync(place).mode);
    renameSync(copy, place);
  } finally {
    removeCopy();
  }
}

function rewriteFailed(path: string, cause: unknown): UserError {
  return new UserError(
    'store_unreadable',
    `'${path}' could not be written anew, and may still hold bytes of what was readable: ${messageOf(cause).split('\n')[0]}`,
    'Make as much room beside it as it takes; the next command that writes tries again.',
    { cause },
  );
}

async function attach(store: Store, path: string): Promise<void> {
  try {
    await store.run(`attach ${quoted(path)} as stale (read_only)`);
  } catch (error) {
    throw openFailed(path, error);
  }
}
