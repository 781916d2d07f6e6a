import { UserError } from '../core/errors.ts';
import { PARAMETER } from './sql-file.ts';

/**
 * What every ClickHouse connection is set to. Without them statements of the shared subset run and
 * answer differently: a missing row of a join would be 0 or '', a sum over nothing 0.
 */
export const CLICKHOUSE_SETTINGS: Readonly<Record<string, string | number>> = {
  join_use_nulls: 1,
  cast_keep_nullable: 1,
  aggregate_functions_null_for_empty: 1,
  prefer_column_name_to_alias: 1,
  group_by_use_nulls: 1,
  session_timezone: 'UTC',
  date_time_overflow_behavior: 'throw',
  distributed_product_mode: 'global',
};

/** A parameter keeps its notation; a time is read as an instant, its offset included. */
const PARAMETER_TYPE: Readonly<Record<string, (name: string) => string>> = {
  Timestamp: (name) => `parseDateTime64BestEffort({${name}:String}, 6, 'UTC')`,
  Varchar: (name) => `{${name}:String}`,
  Bigint: (name) => `{${name}:Int64}`,
  Double: (name) => `{${name}:Float64}`,
  Boolean: (name) => `{${name}:Bool}`,
  'Array(Varchar)': (name) => `{${name}:Array(String)}`,
};

/**
 * Types that only DuckDB has under that name. An id is text in ClickHouse: its own UUID is ordered by
 * the second half first, so that `min(event_id)` would be another event.
 */
const TYPE: Readonly<Record<string, string>> = {
  uuid: 'String',
  timestamptz: "DateTime64(6, 'UTC')",
};

/** The statement as ClickHouse takes it, over store/prelude/clickhouse.sql. */
export function toClickHouse(sql: string): string {
  return orderedByAnswer(withNamedColumns(sql))
    .replaceAll(PARAMETER, (_, name: string, type: string) => {
      const written = PARAMETER_TYPE[type];
      if (written) return written(name);
      throw new UserError(
        'sql_failed',
        `The parameter '${name}' has the type '${type}', which is not one of ours.`,
        `Use one of: ${Object.keys(PARAMETER_TYPE).join(', ')}.`,
      );
    })
    .replaceAll(/\bas (uuid|timestamptz)\)/g, (_, type: string) => `as ${TYPE[type]})`);
}

/**
 * `select call.agent_id` becomes `select call.agent_id as agent_id`. Where two joined tables have a
 * column of that name, ClickHouse would call the result `call.agent_id`, and nobody would find it.
 */
function withNamedColumns(sql: string): string {
  const bare = withoutCommentsAndTexts(sql);
  let named = '';
  let done = 0;
  for (const { start, end } of selectItems(bare)) {
    const column = /^\s*[a-z_]\w*\.("?\w+"?)\s*$/.exec(bare.slice(start, end))?.[1];
    if (column === undefined) continue;
    const last = start + bare.slice(start, end).trimEnd().length;
    named += `${sql.slice(done, last)} as ${column}`;
    done = last;
  }
  return named + sql.slice(done);
}

/**
 * The last `order by` means the columns of the answer. ClickHouse would prefer a column of that name
 * in a table that is read, because `prefer_column_name_to_alias` has to be on for everything else.
 */
function orderedByAnswer(sql: string): string {
  const bare = withoutCommentsAndTexts(sql);
  const at = bare.lastIndexOf('\norder by ');
  if (at < 0 || isInside(bare, at)) return sql;
  return `select * from (\n${sql.slice(0, at)}\n)${sql.slice(at)}`;
}

/** Whether a place is within parentheses: an order there is that of a part. */
function isInside(bare: string, at: number): boolean {
  const before = bare.slice(0, at);
  return before.split('(').length > before.split(')').length;
}

/** The same length, so that places in it are places in the statement. */
function withoutCommentsAndTexts(sql: string): string {
  return sql.replaceAll(/--[^\n]*|'(?:[^']|'')*'/g, (part) =>
    part.startsWith("'") ? `'${'.'.repeat(part.length - 2)}'` : ' '.repeat(part.length),
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where each item of each select list begins and ends, in the order of the text. */
function selectItems(bare: string): Span[] {
  const items: Span[] = [];
  for (const select of bare.matchAll(/\bselect\b(\s+distinct\b)?/g)) {
    let start = select.index + select[0].length;
    let depth = 0;
    for (const token of bare.slice(start).matchAll(/[(),]|\b(from|union|intersect|except)\b|$/g)) {
      const end = select.index + select[0].length + token.index;
      if (token[0] === '(') depth += 1;
      else if (token[0] === ')' && depth > 0) depth -= 1;
      else if (depth === 0) {
        items.push({ start, end });
        if (token[0] !== ',') break;
        start = end + 1;
      }
    }
  }
  return items.sort((a, b) => a.start - b.start);
}
