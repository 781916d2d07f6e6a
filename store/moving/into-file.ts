import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { quoted } from '../shared-file.ts';
import { Store, type StoreOptions } from '../store.ts';
import type { Destination } from './move.ts';

/** A file of DuckDB that is not there yet. It has another name until all of it is there; what a kill leaves is begun anew. */
export async function intoFile(path: string, options: StoreOptions): Promise<Destination> {
  if (existsSync(path)) {
    throw new UserError(
      'store_foreign',
      `'${path}' is there already: a store is moved to where there is none.`,
      "Name another file in 'store.path' of the config that --to names.",
    );
  }
  const unfinished = `${path}.moving`;
  for (const each of [unfinished, `${unfinished}.wal`]) rmSync(each, { force: true });
  const store = await Store.openToWrite(unfinished, options);
  return {
    store,
    isResumed: false,
    isWhole: () => false,
    fill: async ({ name }, chunks, write, folder) => {
      const file = join(folder, 'rows.parquet');
      for (const chunk of chunks) {
        if ((await write(chunk, file)) === 0) continue;
        await store.run(`insert into ${name} by name select * from read_parquet(${quoted(file)})`);
      }
    },
    finish: async () => {
      await store.script('checkpoint');
      store.close();
      renameSync(unfinished, path);
    },
  };
}
