import { noteRewrite } from '../store/rewrite-file.ts';
import type { Store } from '../store/store.ts';
import { isOtherKey, keyedColumns, namesIn } from './keyed-columns.ts';
import { keyCheckOf } from './pseudonym.ts';
import { type HiddenColumn, prepareRedaction } from './redaction.ts';
import { step } from './step.ts';

export interface HiddenColumns {
  /** What is stored as pseudonyms from now on. */
  readonly all: readonly HiddenColumn[];
  /** Of these, what the config does not ask for; there is no way back. */
  readonly unasked: readonly HiddenColumn[];
  /** Events that were readable until now; their old bytes may still be in the file. */
  readonly hiddenNow: number;
}

interface Means {
  /** The key of the store; undefined: nothing in it is keyed, and nothing is to be. */
  readonly key: string | undefined;
  /** What holds pseudonyms already. */
  readonly before: readonly HiddenColumn[];
  /** Does `work` while nobody else adds to the store: he would go on to add what is readable. */
  readonly alone: (work: () => Promise<number>) => Promise<number>;
}

/**
 * Settles which columns of a store hold pseudonyms: those that did already, and those that are asked
 * for now, whose stored rows are changed in one transaction.
 */
export async function settleHiddenColumns(
  store: Store,
  asked: readonly HiddenColumn[],
  { key, before, alone }: Means,
): Promise<HiddenColumns> {
  const all = [...new Set([...before, ...asked])].sort();
  const unasked = before.filter((name) => !asked.includes(name));
  if (key === undefined) return { all, unasked, hiddenNow: 0 };
  const more = all.filter((name) => !before.includes(name));
  if (more.length === 0) return { all, unasked, hiddenNow: 0 };
  const hide = () => store.transaction(() => hideStored(store, more, key));
  const hiddenNow = await alone(() => store.hold(hide));
  return { all, unasked, hiddenNow };
}

async function hideStored(
  store: Store,
  columns: readonly HiddenColumn[],
  key: string,
): Promise<number> {
  const check = keyCheckOf(key);
  for (const name of columns) {
    await store.run('insert into pseudonymised_columns values ($name, $check)', { name, check });
  }
  const [found] = await store.rows('select count(*) as events from events');
  if (found?.['events'] === 0) return 0;
  await prepareRedaction(store, key, { keep: [], pseudonymise: columns });
  const hidden = await store.run(step('hide_stored'));
  await store.run(step('rehash_stored'));
  for (const { table_name: table, column_name: column } of await store.rows(
    step('readable_columns'),
  )) {
    const hide = column === 'caller_ip' ? 'as_address' : 'as_caller';
    await store.run(`update "${table}" set ${column} = ${hide}(${column})`);
  }
  await store.run(
    `update agents set owner = as_caller(owner)
     where origin not in (select origin from loaded_files where kind = 'inventory')`,
  );
  await noteRewrite(store, 'pseudonyms in the place of what was readable');
  // What correlation derived from them is made anew by the next one.
  await store.run('delete from correlation_state');
  return hidden;
}

/** Why a name cannot be looked up in a store that keeps pseudonyms; undefined: it can be, or keeps none. */
export async function whyNoName(
  store: Store,
  key: string | undefined,
): Promise<string | undefined> {
  const columns = await keyedColumns(store);
  if (namesIn(columns).length === 0) return undefined;
  if (key === undefined) return 'its key is not there';
  return isOtherKey(columns, key) ? 'its key is another one' : undefined;
}
