import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { packagePath } from '../core/package-root.ts';
import { type KqlFile, readKqlFile } from '../store/kql-file.ts';
import type { SqlField } from '../store/sql-file.ts';
import { kqlLiteral, kqlTime, READ_AS } from './kql-literals.ts';
import { bindParameters } from './parameters.ts';

/** A question for Log Analytics itself, for who stays in the portal. */
export interface KqlQuery {
  /** The path in queries/kql/ without extension; where our own question is the same, its name. */
  readonly name: string;
  readonly purpose: string;
  readonly readers: readonly string[];
  /** What of ours asks the same. */
  readonly ours: string;
  /** Of a query that is shipped as many run it, for comparison: the one that asks the same as it should be asked. */
  readonly beside: string | undefined;
  /** Of such a query: where it is run. */
  readonly found: string;
  /** Where the answers differ, and why. */
  readonly differs: string;
  readonly params: readonly SqlField[];
  readonly columns: readonly SqlField[];
  readonly file: KqlFile;
}

/** Every question in queries/kql/, by name. */
export function listKqlQueries(): KqlQuery[] {
  return readdirSync(packagePath('queries/kql'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.kql') && !path.startsWith('relations/'))
    .map((path) => queryAt(path.slice(0, -'.kql'.length)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The question of that name; another name is an error that says which ones come near. */
export function findKqlQuery(name: string): KqlQuery {
  const known = listKqlQueries();
  const found = known.find((query) => query.name === name.trim().replace(/\.kql$/, ''));
  if (found) return found;
  const near = nearest(
    name,
    known.map((query) => query.name),
  );
  throw new UserError(
    'query_not_found',
    `There is no KQL query named '${name}'.`,
    near.length > 0
      ? `Did you mean ${near.map((each) => `'${each}'`).join(' or ')}? 'mcp-witness query --list' shows all.`
      : "'mcp-witness query --list' shows all.",
  );
}

/**
 * The whole query, ready to be pasted: its parameters, what it rests on, itself. Without empty lines,
 * because the portal runs what stands between two of them.
 */
export function kqlText(
  query: KqlQuery,
  given: Readonly<Record<string, string>>,
  now: Date = new Date(),
): string {
  const asked = { ...query, params: query.params.map(readAs) };
  const values = bindParameters(asked, given, now);
  const parameters = query.params.map((param) => {
    const text = Object.hasOwn(given, param.name) ? given[param.name] : param.initial;
    const literal =
      param.type === 'datetime'
        ? kqlTime(text ?? '', now)
        : kqlLiteral(param.type, values[param.name] ?? null);
    return `let ${param.name} = ${literal};`;
  });
  return [introduction(query), ...parameters, ...relationsOf(query.file), query.file.text]
    .join('\n')
    .replaceAll(/\n\s*(?=\n)/g, '')
    .trimEnd()
    .concat('\n');
}

function readAs(param: SqlField): SqlField {
  return { ...param, type: READ_AS[param.type] ?? param.type };
}

function introduction({ name, purpose, ours, beside, found, differs }: KqlQuery): string {
  const usual = wrapped(`As many run it, for comparison: ${found}.`, 100);
  return [
    `${name}: ${purpose}`,
    ...(beside === undefined ? [] : [...usual, `As it should be: '${beside}'.`]),
    `mcp-witness asks the same by '${ours}'.`,
    ...wrapped(`Where the answers differ: ${differs}`, 100),
  ]
    .map((line) => `// ${line}`)
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  return text.match(new RegExp(`\\S.{0,${width - 1}}(?=\\s|$)`, 'g')) ?? [];
}

/** `// uses: relations/a`: the `let` statements of that file, after those that it uses itself. */
function relationsOf(file: KqlFile, seen = new Set<string>()): string[] {
  const names = file.header['uses']?.split(/\s*,\s*/) ?? [];
  return names
    .filter((name) => !seen.has(name))
    .flatMap((name) => {
      seen.add(name);
      const used = readKqlFile(`queries/kql/${name}.kql`);
      return [...relationsOf(used, seen), used.text];
    });
}

function queryAt(name: string): KqlQuery {
  const file = readKqlFile(`queries/kql/${name}.kql`);
  const { purpose = '', readers = '', ours = '', beside, found = '', differs = '' } = file.header;
  return {
    name,
    purpose,
    readers: readers.split(/\s*,\s*/).filter(Boolean),
    ours,
    beside,
    found,
    differs,
    params: file.params,
    columns: file.columns,
    file,
  };
}
