import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { messageOf, systemReason, UserError } from '../core/errors.ts';
import { packagePath } from '../core/package-root.ts';
import type { Store } from './store.ts';

/** DuckDB writes these four bytes at offset 8 of each of its files. */
const MAGIC = 'DUCK';

/** Refuses what DuckDB would create or destroy: a mistyped path, or a file that is not its own. */
export function ensureDatabase(path: string, { orAbsent = false } = {}): void {
  if (!existsSync(path)) {
    refuseLoneLog(path);
    if (orAbsent) return;
    throw new UserError(
      'store_missing',
      `There is no database at '${path}'.`,
      `Make it with 'mcp-witness ingest files PATHS... --db ${path}', or name another with --db.`,
    );
  }
  if (!isDuckDbFile(path)) {
    refuseEmptied(path);
    throw new UserError(
      'store_unreadable',
      `'${path}' is not a DuckDB database.`,
      'Name another file with --db; this one was left as it is.',
    );
  }
}

function refuseEmptied(path: string): void {
  const about = statSync(path);
  // A folder may have no size either.
  if (!about.isFile() || about.size > 0) return;
  throw new UserError(
    'store_unreadable',
    `The database '${path}' is empty: a file without content.`,
    'Put a copy back, or remove it to begin anew.',
  );
}

/** A log is of the database that lay beside it: a new one is none of its business, and the engine refuses both. */
function refuseLoneLog(path: string): void {
  const log = `${path}.wal`;
  if (!existsSync(log)) return;
  throw new UserError(
    'store_unreadable',
    `The database '${path}' is gone, but what was last written to it is still in '${log}'.`,
    `Put the database back beside it, or remove '${log}' too, to begin anew.`,
  );
}

function isDuckDbFile(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(12);
      return readSync(file, head, 0, 12, 0) === 12 && head.toString('latin1', 8, 12) === MAGIC;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UserError(
      'store_unreadable',
      `Cannot read the database '${path}': ${systemReason(error)}.`,
      'Check the path and its permissions, or name another file with --db.',
      { cause: error },
    );
  }
}

interface Migration {
  readonly version: number;
  readonly path: string;
}

/** The NNN_name.sql of a folder, in order; the number is the version of the schema after it. */
export function migrationsIn(folder: string): Migration[] {
  return readdirSync(packagePath(folder))
    .filter((name) => /^\d{3}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 3)), path: packagePath(folder, name) }));
}

const migrations = (): Migration[] => migrationsIn('store/schema');

/** The version that this program brings a database to. */
export function newestVersion(): number {
  return migrations().at(-1)?.version ?? 0;
}

/** Who has a database open keeps others from changing its schema. */
const seen = new WeakMap<Store, number>();

/** The version of an open database's schema; 0: it has none of ours. */
export async function versionOf(store: Store): Promise<number> {
  const version = seen.get(store) ?? (await askVersion(store));
  seen.set(store, version);
  return version;
}

async function askVersion(store: Store): Promise<number> {
  try {
    const [row] = await store.rows('select max(version) as version from schema_versions');
    return Number(row?.['version'] ?? 0);
  } catch (error) {
    // Looking the table up first would take longer than all the rest of opening a database.
    if (/schema_versions does not exist/i.test(messageOf(error))) return 0;
    throw error;
  }
}

/** A newer program may have given columns a meaning that this one does not know. */
export async function refuseNewer(store: Store): Promise<void> {
  const ours = newestVersion();
  const theirs = await versionOf(store);
  if (theirs > ours) {
    throw new UserError(
      'store_too_new',
      `The database '${store.path}' has schema version ${theirs}; this mcp-witness knows ${ours}.`,
      'Use the newer mcp-witness that wrote it, or ingest into another file with --db.',
    );
  }
}

/** Questions name tables and columns that an older database has not. */
export async function refuseOlder(store: Store): Promise<void> {
  const ours = newestVersion();
  const theirs = await versionOf(store);
  if (theirs === ours) return;
  throw theirs === 0
    ? new UserError(
        'store_unreadable',
        `The database '${store.path}' holds nothing: the command that was to make it was stopped.`,
        `Run that again, such as 'mcp-witness ingest files PATHS... --db ${store.path}'.`,
      )
    : new UserError(
        'store_too_old',
        `The database '${store.path}' has schema version ${theirs}; this mcp-witness reads ${ours}.`,
        `Run 'mcp-witness correlate --db ${store.path}' once: what writes to it brings it up to date.`,
      );
}

/** A database that holds somebody else's tables is not ours to add to. */
export async function refuseForeign(store: Store): Promise<void> {
  if ((await versionOf(store)) > 0) return;
  // A process that was killed while it made the database left its list of versions empty.
  const [row] = await store.rows(
    "select min(table_name) as name from duckdb_tables() where table_name <> 'schema_versions'",
  );
  if (row?.['name'] == null) return;
  throw new UserError(
    'store_foreign',
    `'${store.path}' is a database of something else: it has a table '${row['name']}'.`,
    'Name another file with --db; this one was left as it is.',
  );
}

/** Brings the schema to the newest version, each step in a transaction of its own; all in one where there is nothing yet. */
export async function migrate(store: Store): Promise<void> {
  await store.script('create table if not exists schema_versions (version integer not null)');
  const current = await versionOf(store);
  const steps = migrations().filter(({ version }) => version > current);
  for (const together of current === 0 ? [steps] : steps.map((step) => [step])) {
    await store.transaction(() => store.script(together.map(scriptOf).join('\n')));
    for (const { version } of together) seen.set(store, version);
  }
}

function scriptOf({ version, path }: Migration): string {
  return `${readFileSync(path, 'utf8')}insert into schema_versions values (${version});`;
}
