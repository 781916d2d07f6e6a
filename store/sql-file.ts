import { readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';
import { packagePath } from '../core/package-root.ts';
import type { Parameter } from './values.ts';

/** One `param:` or `column:` line of a header: name, type, unit, meaning. */
export interface SqlField {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly meaning: string;
  /** Only a parameter may have one: what is bound when the caller gives nothing. */
  readonly initial?: string;
}

/** A .sql file of ours: its text and the contract its header states. */
export interface SqlFile {
  /** Relative to the package, e.g. 'queries/soc/timeline.sql'. */
  readonly path: string;
  readonly sql: string;
  readonly header: Readonly<Record<string, string>>;
  readonly params: readonly SqlField[];
  readonly columns: readonly SqlField[];
}

const HEADER_LINE = /^--\s+([a-z]+):\s+(.*)$/;

const cache = new Map<string, SqlFile>();

/** Reads one of the package's .sql files, once per process. */
export function readSqlFile(path: string): SqlFile {
  const known = cache.get(path);
  if (known) return known;
  const file = withRelations(parseSqlFile(path, readFileSync(packagePath(path), 'utf8')));
  cache.set(path, file);
  return file;
}

/**
 * `-- uses: finops/charges` puts queries/finops/charges.sql in front of the statement as the CTE
 * `charges`, so that what several questions rest on is defined once.
 */
function withRelations(file: SqlFile): SqlFile {
  const names = file.header['uses']?.split(/\s*,\s*/) ?? [];
  if (names.length === 0) return file;
  const [start] = /^(with|select)$/m.exec(file.sql) ?? [];
  if (start === undefined) {
    throw new Error(`${file.path}: a file that uses another begins with a line 'with' or 'select'`);
  }
  const relations = names
    .map((name) => {
      const { sql } = readSqlFile(`queries/${name}.sql`);
      return `${name.slice(name.lastIndexOf('/') + 1)} as (\n${withoutOrder(sql)})`;
    })
    .join(',\n\n');
  const head = start === 'with' ? `with\n\n${relations},\n` : `with\n\n${relations}\n\nselect`;
  return { ...file, sql: file.sql.replace(/^(with|select)$/m, () => head) };
}

/** The order of a relation means nothing to who reads it, and DuckDB would sort it all the same. */
export function withoutOrder(sql: string): string {
  return /\nlimit /.test(sql) ? sql : sql.replace(/\norder by [\s\S]*$/, '\n');
}

/** Splits a file's text into header and statement; the header ends at the first other line. */
export function parseSqlFile(path: string, text: string): SqlFile {
  const header: Record<string, string> = {};
  const params: SqlField[] = [];
  const columns: SqlField[] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = HEADER_LINE.exec(line) ?? [];
    if (key === undefined || value === undefined) break;
    if (key === 'param') params.push(parseField(value));
    else if (key === 'column') columns.push(parseField(value));
    else header[key] = value.trim();
  }
  return { path, sql: text, header, params, columns };
}

/** Reads what stands behind `param:` or `column:`. */
export function parseField(line: string): SqlField {
  const [name = '', type = '', unit = '', ...words] = line.trim().split(/\s+/);
  const meaning = words.join(' ');
  const initial = /\(default: ?(.*)\)$/.exec(meaning)?.[1];
  return { name, type, unit, meaning, ...(initial === undefined ? {} : { initial }) };
}

/** `{name:Type}`, the one way to write a parameter for both engines. */
export const PARAMETER = /\{([a-z_][a-z0-9_]*):([A-Za-z()]+)\}/g;

const DUCKDB_TYPE: Readonly<Record<string, string>> = {
  Timestamp: 'TIMESTAMPTZ',
  Varchar: 'VARCHAR',
  Bigint: 'BIGINT',
  Double: 'DOUBLE',
  Boolean: 'BOOLEAN',
  'Array(Varchar)': 'VARCHAR[]',
};

/** A statement for DuckDB, and what is bound to it. */
export interface Bound {
  readonly sql: string;
  readonly params: Readonly<Record<string, Parameter>>;
}

/**
 * The statement as DuckDB takes it: `{name:Type}` becomes `CAST($name AS type)`. Whole numbers and truth values are
 * written out: a statement with parameters is planned twice, which takes longer than a small one runs.
 */
export function toDuckDb(sql: string, params: Readonly<Record<string, Parameter>>): Bound {
  const written = (name: string): string => {
    const value = params[name];
    return isPlain(value) ? String(value) : `$${name}`;
  };
  return {
    sql: inDuckDbTypes(sql, written),
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => !isPlain(value))),
  };
}

function isPlain(value: Parameter | undefined): boolean {
  return typeof value === 'boolean' || Number.isSafeInteger(value);
}

function inDuckDbTypes(sql: string, written: (name: string) => string): string {
  return sql.replaceAll(PARAMETER, (_, name: string, type: string) => {
    const duckdb = DUCKDB_TYPE[type];
    if (duckdb === undefined) {
      throw new UserError(
        'sql_failed',
        `The parameter '${name}' has the type '${type}', which is not one of ours.`,
        `Use one of: ${Object.keys(DUCKDB_TYPE).join(', ')}.`,
      );
    }
    return `CAST(${written(name)} AS ${duckdb})`;
  });
}

/** The names of the parameters that a statement uses, each once. */
export function parameterNames(sql: string): string[] {
  return [...new Set([...sql.matchAll(PARAMETER)].map(([, name]) => name ?? ''))];
}

/** The parameters that a statement uses, of those given. UserError: one is missing. */
export function usedParameters(
  path: string,
  sql: string,
  params: Readonly<Record<string, Parameter>>,
): Record<string, Parameter> {
  return Object.fromEntries(
    parameterNames(sql).map((name) => {
      const value = params[name];
      if (value !== undefined) return [name, value];
      throw new UserError(
        'usage_invalid',
        `${path} needs the parameter '${name}'.`,
        `Give it: --param ${name}=VALUE.`,
      );
    }),
  );
}
