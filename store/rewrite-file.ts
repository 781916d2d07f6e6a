import { chmodSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { openFailed } from './failures.ts';
import { patiently, WRITER_PATIENCE } from './patience.ts';
import { quoted } from './shared-file.ts';
import type { Store } from './store.ts';

/** Copies a database into a new file and puts that in its place, while no writer can open the old one. */
export async function rewriteFile(store: Store, path: string): Promise<void> {
  const place = realpathSync(path);
  const copy = `${place}.new`;
  const removeCopy = (): void => {
    for (const each of [copy, `${copy}.wal`]) rmSync(each, { force: true });
  };
  removeCopy();
  await patiently(() => attach(store, path), WRITER_PATIENCE);
  try {
    await store.run(`attach ${quoted(copy)} as fresh`);
    await store.run('copy from database stale to fresh');
    await store.run('detach fresh');
    chmodSync(copy, statSync(place).mode);
    renameSync(copy, place);
  } finally {
    await store.run('detach stale');
    removeCopy();
  }
}

async function attach(store: Store, path: string): Promise<void> {
  try {
    await store.run(`attach ${quoted(path)} as stale (read_only)`);
  } catch (error) {
    throw openFailed(path, error);
  }
}
