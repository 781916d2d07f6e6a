import { UserError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import {
  HASHED_COLUMN,
  isOtherKey,
  type KeyedColumn,
  keyedColumns,
  namesIn,
} from './keyed-columns.ts';
import { keyCheckOf } from './pseudonym.ts';

interface Means {
  /** The key of the store; where there is none it is made, unless that it is gone is an error. */
  readonly keyOf: (ifGone: UserError | undefined) => string;
  /** The check of a key that somebody says is lost for good. */
  readonly lost: string | undefined;
  /** Whether what comes next is made with it. */
  readonly isUsed: boolean;
}

export interface SettledKey {
  /** Undefined: nothing was made with a key, and nothing is going to be. */
  readonly key: string | undefined;
  /** Whether it has taken the place of one that is lost. */
  readonly isNew: boolean;
}

/**
 * Makes sure that a store goes on with the key that it began with: with another one a replay would change hashes that are
 * stored, and an approval would be for other arguments than its call. UserError: it is gone, or another one.
 */
export async function settleKey(store: Store, { keyOf, lost, isUsed }: Means): Promise<SettledKey> {
  const columns = await store.hold(() => keyedColumns(store));
  if (columns.length === 0 && !isUsed) return { key: undefined, isNew: false };
  const hashes = columns.find(({ name }) => name === HASHED_COLUMN);
  const isLost = hashes !== undefined && hashes.keyCheck === lost && namesIn(columns).length === 0;
  const isGoneAllowed = columns.length === 0 || isLost;
  const key = keyOf(isGoneAllowed ? undefined : keyIsGone(store, columns));
  const isOther = isOtherKey(columns, key);
  if (isOther && !isLost) throw keyDiffers(store, columns);
  if (isOther || (isUsed && hashes === undefined)) await note(store, keyCheckOf(key));
  return { key, isNew: isOther };
}

async function note(store: Store, check: string): Promise<void> {
  const row = { name: HASHED_COLUMN, check };
  await store.hold(() =>
    store.transaction(async () => {
      await store.run('delete from pseudonymised_columns where column_name = $name', {
        name: HASHED_COLUMN,
      });
      await store.run('insert into pseudonymised_columns values ($name, $check)', row);
    }),
  );
}

const madeWithIt = (columns: readonly KeyedColumn[]): string =>
  namesIn(columns).length > 0 ? 'pseudonyms' : 'hashes';

function keyIsGone(store: Store, columns: readonly KeyedColumn[]): UserError {
  return new UserError(
    'config_invalid',
    `The key of the ${madeWithIt(columns)} in '${store.path}' is gone: there is no '${store.path}.key'.`,
    `Put it back, or give it in MCP_WITNESS_KEY: ${wayOn(columns)}`,
  );
}

function keyDiffers({ path, isFile }: Store, columns: readonly KeyedColumn[]): UserError {
  const back = isFile ? `Put its key back as '${path}.key', or give it` : 'Give its key';
  return new UserError(
    'config_invalid',
    `The ${madeWithIt(columns)} in '${path}' were made with another key.`,
    `${back} in MCP_WITNESS_KEY: ${wayOn(columns)}`,
  );
}

/** Without pseudonyms only what is compared with something hashed before is lost. */
function wayOn(columns: readonly KeyedColumn[]): string {
  const [hashes] = columns;
  return namesIn(columns).length > 0 || hashes === undefined
    ? 'a new key would tear everyone in two.'
    : `with a new one no approval of before would fit its call. If it is lost for good, MCP_WITNESS_LOST_KEY=${hashes.keyCheck} lets one command take another.`;
}
