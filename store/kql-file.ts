import { readFileSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import { parseField, type SqlField } from './sql-file.ts';

/** A .kql file of ours: what its header states, and the query below it. */
export interface KqlFile {
  /** Relative to the package, e.g. 'queries/kql/soc/timeline.kql'. */
  readonly path: string;
  readonly text: string;
  readonly header: Readonly<Record<string, string>>;
  readonly params: readonly SqlField[];
  readonly columns: readonly SqlField[];
}

const HEADER_LINE = /^\/\/ ([a-z]+): +(.*)$/;

/**
 * Reads one of the package's .kql files. The header is its first lines, `// name: value`; a value goes
 * on in the lines that are indented below it.
 */
export function readKqlFile(path: string): KqlFile {
  const lines = readFileSync(packagePath(path), 'utf8').split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const entries = entriesOf(lines.slice(0, end));
  const fields = (key: string) =>
    entries.filter(([name]) => name === key).map(([, value]) => parseField(value));
  return {
    path,
    text: lines.slice(end).join('\n').trimStart(),
    header: Object.fromEntries(entries.filter(([name]) => name !== 'param' && name !== 'column')),
    params: fields('param'),
    columns: fields('column'),
  };
}

function entriesOf(lines: readonly string[]): (readonly [string, string])[] {
  const entries: [string, string][] = [];
  for (const line of lines) {
    const [, key, value] = HEADER_LINE.exec(line) ?? [];
    const last = entries.at(-1);
    if (key !== undefined && value !== undefined) entries.push([key, value.trim()]);
    else if (last) last[1] += ` ${line.replace(/^\/\/ +/, '')}`;
  }
  return entries;
}
