import type { Store } from '../store/store.ts';
import { runPrelude } from './prelude.ts';

/** Columns of which every value can be made a pseudonym, and so the people and addresses in them. */
export const HIDEABLE = ['caller_identity', 'caller_ip'] as const;
export type HiddenColumn = (typeof HIDEABLE)[number];

/** What the config says about secrets, people and addresses. */
export interface Redaction {
  /** Columns in which only what is unmistakably a credential is masked. */
  readonly keep: readonly string[];
  /** Columns whose values are stored as keyed pseudonyms. */
  readonly pseudonymise: readonly HiddenColumn[];
}

export const NO_REDACTION: Redaction = { keep: [], pseudonymise: [] };

/** Gives a connection the functions that take out and hide, with the store's key. */
export async function prepareRedaction(
  store: Store,
  key: string,
  { keep, pseudonymise }: Redaction,
): Promise<void> {
  await store.run('set variable store_key = $key', { key });
  await store.run('set variable kept_columns = $names', { names: keep });
  await store.run('set variable hidden_columns = $names', { names: pseudonymise });
  for (const name of ['redaction', ...(pseudonymise.length > 0 ? ['pseudonyms'] : [])]) {
    await runPrelude(store, name);
  }
}
