import { toClickHouse } from '../clickhouse-sql.ts';
import { withoutPrelude } from './prelude.ts';

/** What stages put in front of a statement of the shared subset, to keep its rows. */
export type Form =
  | { readonly kind: 'select'; readonly sql: string }
  | { readonly kind: 'describe'; readonly sql: string }
  | { readonly kind: 'make'; readonly name: string; readonly sql: string }
  | { readonly kind: 'make empty'; readonly name: string; readonly columns: string }
  | {
      readonly kind: 'insert';
      readonly name: string;
      readonly isByName: boolean;
      readonly sql: string;
    };

const MAKE = /^\s*create or replace temp (?:table|view) (\w+) as\b([\s\S]*)$/;
const MAKE_EMPTY = /^\s*create or replace temp table (\w+) \(([^()]*)\)\s*$/;
const INSERT = /^\s*insert into (\w+)( by name)?\s([\s\S]*)$/;
const DESCRIBE = /^\s*describe\b([\s\S]*)$/;

/** Tells what a statement is to become; the select in it is ClickHouse's own. */
export function formOf(sql: string): Form {
  const [, made, making] = MAKE.exec(sql) ?? [];
  if (made !== undefined && making !== undefined) {
    return { kind: 'make', name: made, sql: written(making) };
  }
  const [, empty, columns] = MAKE_EMPTY.exec(sql) ?? [];
  if (empty !== undefined && columns !== undefined) {
    return { kind: 'make empty', name: empty, columns: typed(columns) };
  }
  const [, into, byName, inserted] = INSERT.exec(sql) ?? [];
  if (into !== undefined && inserted !== undefined) {
    const isByName = byName !== undefined;
    return { kind: 'insert', name: into, isByName, sql: written(inserted) };
  }
  const [, described] = DESCRIBE.exec(sql) ?? [];
  if (described !== undefined) return { kind: 'describe', sql: written(described) };
  return { kind: 'select', sql: written(sql) };
}

/** A select of the shared subset as ClickHouse takes it. */
export function written(sql: string): string {
  return withoutPrelude(toClickHouse(sql)).replaceAll('* exclude (', '* except (');
}

const COLUMN_TYPE: Readonly<Record<string, string>> = { uuid: 'String', bigint: 'Int64' };

/** Columns of a table that begins empty. */
function typed(columns: string): string {
  return columns.replaceAll(/\b(\w+) (\w+)\b/g, (_, name: string, type: string) => {
    const written = COLUMN_TYPE[type];
    if (written === undefined) throw new Error(`no type of ClickHouse for ${type}`);
    return `${name} ${written}`;
  });
}
