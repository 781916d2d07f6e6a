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
import type { HiddenColumn } from './redaction.ts';
import type { FoundKeys } from './store-key.ts';

interface Means {
  /** UserError: it cannot be read. */
  readonly found: () => FoundKeys;
  readonly make: () => string;
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
  /** The columns in which everybody is a pseudonym of it already. */
  readonly hidden: readonly HiddenColumn[];
}

/** What a store knows of its key. */
interface Known {
  readonly columns: readonly KeyedColumn[];
  readonly hasBatches: boolean;
}

/** In the place of a check, of a store that was made before keys were noted. */
const UNKNOWN = 'unknown';

/**
 * Makes sure that a store goes on with the key that it began with: with another one a replay would change hashes that are
 * stored, and an approval would be for other arguments than its call. UserError: it is gone, or another one.
 */
export async function settleKey(store: Store, means: Means): Promise<SettledKey> {
  const known = await store.hold(() => knownOf(store));
  if (known.columns.length === 0 && !means.isUsed) {
    return { key: undefined, isNew: false, hidden: [] };
  }
  const key = keyOf(store, known, means);
  const isOther = isOtherKey(known.columns, key);
  const isNoted = known.columns.some(({ name }) => name === HASHED_COLUMN);
  if (isOther || (means.isUsed && !isNoted)) {
    await store.hold(() => note(store, keyCheckOf(key), means));
  }
  const isNew = known.hasBatches && isLost(known, means) && (isOther || !isNoted);
  return { key, isNew, hidden: namesIn(known.columns) };
}

async function knownOf(store: Store): Promise<Known> {
  const columns = await keyedColumns(store);
  const [row] = await store.rows('select count(*) as batches from ingest_batches');
  return { columns, hasBatches: Number(row?.['batches']) > 0 };
}

/** The key to go on with. UserError: it is gone, or another one than the store was made with. */
function keyOf(store: Store, known: Known, means: Means): string {
  const { given, kept } = means.found();
  const key = given ?? kept;
  const mayChange = isBlank(known) || isLost(known, means);
  if (key === undefined) {
    if (!mayChange) throw keyIsGone(store, known.columns);
    return means.make();
  }
  if (isForeign(known.columns, key, kept) && !mayChange) throw keyDiffers(store, known.columns);
  return key;
}

/** Whether a store was made with another key than this one: by what is noted in it, else by the one beside it. */
function isForeign(
  columns: readonly KeyedColumn[],
  key: string,
  kept: string | undefined,
): boolean {
  const isUnnoted = columns.length === 0 && kept !== undefined && kept !== key;
  return isOtherKey(columns, key) || isUnnoted;
}

/** Whether a store that is only read was made with the key that is given. */
export async function isGivenItsKey(
  store: Store,
  { given, kept }: FoundKeys & { readonly given: string },
): Promise<boolean> {
  return !isForeign(await keyedColumns(store), given, kept);
}

/** Notes the key of a store that was moved here from one that was made before keys were noted. */
export async function noteMovedKey(store: Store, key: string): Promise<void> {
  const columns = await keyedColumns(store);
  if (columns.some(({ name }) => name === HASHED_COLUMN)) return;
  await store.addTogether(['pseudonymised_columns'], (near) => insertNote(near, keyCheckOf(key)));
}

/** Nothing was hashed that a key would have to fit. */
const isBlank = ({ columns, hasBatches }: Known): boolean =>
  !hasBatches && namesIn(columns).length === 0;

function isLost({ columns }: Known, { lost }: Means): boolean {
  const noted = columns.find(({ name }) => name === HASHED_COLUMN)?.keyCheck ?? UNKNOWN;
  return noted === lost && namesIn(columns).length === 0;
}

/** Another process may have noted another one since this one looked. */
async function note(store: Store, check: string, means: Means): Promise<void> {
  await store.transaction(async () => {
    const known = await knownOf(store);
    const other = known.columns.find(({ keyCheck }) => keyCheck !== check);
    if (other !== undefined && !isLost(known, means) && !isBlank(known)) {
      throw keyDiffers(store, known.columns);
    }
    await store.run('delete from pseudonymised_columns where column_name = $name', {
      name: HASHED_COLUMN,
    });
    await insertNote(store, check);
  });
}

async function insertNote(store: Store, check: string): Promise<void> {
  await store.run('insert into pseudonymised_columns values ($name, $check)', {
    name: HASHED_COLUMN,
    check,
  });
}

const madeWithIt = (columns: readonly KeyedColumn[]): string =>
  namesIn(columns).length > 0 ? 'pseudonyms' : 'hashes';

function keyIsGone({ path }: Store, columns: readonly KeyedColumn[]): UserError {
  return new UserError(
    'config_invalid',
    `The key of the ${madeWithIt(columns)} in '${path}' is gone: there is no '${path}.key'.`,
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
  if (namesIn(columns).length > 0) return 'a new key would tear everyone in two.';
  const check = columns[0]?.keyCheck ?? UNKNOWN;
  return `with a new one no approval of before would fit its call, and no agent with an e-mail address as its id itself. If it is lost for good, MCP_WITNESS_LOST_KEY=${check} lets one command take another.`;
}
