import { readFileSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import type { Store } from '../store/store.ts';

/** Gives a connection the macros of one file of ingest/prelude. */
export async function runPrelude(store: Store, name: string): Promise<void> {
  await store.script(readFileSync(packagePath(`ingest/prelude/${name}.sql`), 'utf8'));
}
