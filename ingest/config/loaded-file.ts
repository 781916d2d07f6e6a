import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Store } from '../../store/store.ts';

export type LoadedKind = 'inventory' | 'prices';

/** What a file's rows are marked with: its path as the config's folder sees it, with slashes. */
export function originOf(path: string, folder: string | undefined): string {
  return (folder === undefined ? path : relative(folder, path)).replaceAll(sep, '/');
}

/** Takes out all that files of this kind gave before; what telemetry gave stays. */
export async function forget(
  store: Store,
  kind: LoadedKind,
  tables: readonly string[],
): Promise<void> {
  for (const table of tables) {
    await store.run(
      `delete from ${table} where origin in (select origin from loaded_files where kind = $kind)`,
      { kind },
    );
  }
  await store.run('delete from loaded_files where kind = $kind', { kind });
}

/** Notes which content of a file the rows rest on, so that a verdict can say it. */
export async function remember(
  store: Store,
  kind: LoadedKind,
  origin: string,
  path: string,
): Promise<void> {
  await store.run('insert into loaded_files values ($origin, $kind, $hash)', {
    origin,
    kind,
    hash: contentHash(path),
  });
}

/** By what the content of a file is known again. */
export function contentHash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
