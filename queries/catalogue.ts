import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile, type SqlField, type SqlFile } from '../store/sql-file.ts';

export { bindParameters } from './parameters.ts';

/** A question that can be asked by name. */
export interface Query {
  /** The path without folder and extension: 'soc/timeline'. */
  readonly name: string;
  readonly purpose: string;
  readonly readers: readonly string[];
  readonly grain: string;
  readonly params: readonly SqlField[];
  readonly columns: readonly SqlField[];
  /** The few columns that a terminal has room for; undefined: all of them. */
  readonly brief?: readonly string[];
  readonly file: SqlFile;
}

/** Every question in queries/, by name. What others only rest on, in a folder relations/, is left out. */
export function listQueries(): Query[] {
  return readdirSync(packagePath('queries'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.sql') && !path.split('/').includes('relations'))
    .map((path) => queryAt(path.slice(0, -'.sql'.length)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The question of that name; another name is an error that says which ones come near. */
export function findQuery(name: string): Query {
  const known = listQueries();
  const found = known.find((query) => query.name === name.trim().replace(/\.sql$/, ''));
  if (found) return found;
  const near = nearest(
    name,
    known.map((query) => query.name),
  );
  throw new UserError(
    'query_not_found',
    `There is no query named '${name}'.`,
    near.length > 0
      ? `Did you mean ${near.map((each) => `'${each}'`).join(' or ')}? 'mcp-witness query --list' shows all.`
      : "'mcp-witness query --list' shows all.",
  );
}

function queryAt(name: string): Query {
  const file = readSqlFile(`queries/${name}.sql`);
  return {
    name,
    purpose: file.header['purpose'] ?? '',
    readers: (file.header['readers'] ?? '').split(/\s*,\s*/).filter(Boolean),
    grain: file.header['grain'] ?? '',
    params: file.params,
    columns: file.columns,
    ...(file.header['brief'] && { brief: file.header['brief'].split(/\s*,\s*/) }),
    file,
  };
}
