import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile, type SqlFile } from '../store/sql-file.ts';

/** One way in which a source's records give themselves away. */
export interface Recognition {
  readonly way: 'type' | 'category' | 'itemtype' | 'odata' | 'fields';
  /** The name in lower case, or the fields separated by spaces. */
  readonly name: string;
  /** For a category: what resource id or operation name must contain, '' when anything will do. */
  readonly provider: string;
}

/** ingest/sources/<stem>.sql: how one telemetry table becomes events. */
export interface Source {
  readonly stem: string;
  /** The table's canonical name; copies of one record in several tables share it. */
  readonly table: string;
  readonly file: SqlFile;
  readonly recognitions: readonly Recognition[];
}

const RECOGNISED = /^-- recognised: (type|category|itemtype|odata|fields) (.+)$/gm;

/** All sources, by file name. */
export function listSources(): Source[] {
  return readdirSync(packagePath('ingest/sources'))
    .filter((name) => name.endsWith('.sql') && name.split('.').length === 2)
    .sort()
    .map((name) => readSource(basename(name, '.sql')));
}

function readSource(stem: string): Source {
  const file = readSqlFile(`ingest/sources/${stem}.sql`);
  const table = file.header['source'];
  if (table === undefined) throw new Error(`${file.path} has no 'source:' line`);
  return { stem, table, file, recognitions: recognitionsOf(file.sql) };
}

/** By what the header of a source's file says that its records are told. */
export function recognitionsOf(sql: string): Recognition[] {
  return [...sql.matchAll(RECOGNISED)].map(([, way, text = '']) => {
    const [name = '', provider = ''] = way === 'category' ? text.split(' of ') : [text];
    return {
      way: way as Recognition['way'],
      name: name.trim().toLowerCase(),
      provider: provider.trim().toLowerCase(),
    };
  });
}

/** The source for `--table`: the name of a table, of its classic form, or of a source file. */
export function sourceOfTable(table: string): Source {
  const wanted = table.toLowerCase();
  const sources = listSources();
  const classic = CLASSIC[wanted] ?? wanted;
  const found =
    sources.find(({ stem }) => stem === wanted) ??
    sources.find((source) =>
      source.recognitions.some(({ way, name }) => way === 'type' && name === classic),
    ) ??
    sources.find((source) => source.table.toLowerCase() === classic);
  if (found) return found;
  throw new UserError(
    'usage_invalid',
    `No source reads the table '${table}'.`,
    `Use one of: ${[...new Set(sources.map((source) => source.table))].sort().join(', ')}.`,
  );
}

/** Names of Application Insights before workspaces. */
const CLASSIC: Readonly<Record<string, string>> = {
  requests: 'apprequests',
  dependencies: 'appdependencies',
  traces: 'apptraces',
  customevents: 'appevents',
  exceptions: 'appexceptions',
  custommetrics: 'appmetrics',
};
