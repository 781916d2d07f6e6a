/** What our SQL may not say, because the other engine answers differently or not at all. */
export interface Ban {
  readonly name: string;
  readonly why: string;
  /** A statement that must be caught, so that the rule is known to work. */
  readonly example: string;
  readonly found: RegExp | ((sql: string) => boolean);
}

/** The statement without comments, and with every text literal emptied. */
export function withoutTexts(sql: string): string {
  return sql.replaceAll(/--[^\n]*|'(?:[^']|'')*'/g, (part) => (part.startsWith('--') ? '' : "''"));
}

/** The names of the bans that a statement breaks. */
export function broken(sql: string, bans: readonly Ban[]): string[] {
  const text = withoutTexts(sql);
  return bans
    .filter(({ found }) => (typeof found === 'function' ? found(text) : found.test(text)))
    .map(({ name }) => name);
}

/** Every `cast(argument as type)`, the innermost too. */
function casts(sql: string): { readonly argument: string; readonly type: string }[] {
  return [...sql.matchAll(/\bcast\s*\(/gi)].map(({ index, 0: opening }) => {
    const start = index + opening.length;
    let depth = 1;
    let end = start;
    while (depth > 0 && end < sql.length) {
      if (sql[end] === '(') depth += 1;
      if (sql[end] === ')') depth -= 1;
      end += 1;
    }
    const inside = sql.slice(start, end - 1);
    const as = inside.toLowerCase().lastIndexOf(' as ');
    return {
      argument: inside.slice(0, as),
      type: inside
        .slice(as + 4)
        .trim()
        .toLowerCase(),
    };
  });
}

const INTEGER = /^(tiny|small|big|huge)?int(eger)?$/;
const FRACTION =
  /[a-z0-9_)]\s*\/\s*[a-z0-9_(]|\b\d+\.\d+|_(ms|ratio|confidence)\b(?!\s+is\b)|\b(avg|median|x_float|x_ms_between)\s*\(|\bas double\b/i;

/** Both engines run it, and their answers differ. */
export const SILENT: readonly Ban[] = [
  {
    name: 'a // b',
    why: 'a comment in ClickHouse: 7 // 2 is 7; use x_div',
    example: 'select 7 // 2',
    found: /\/\//,
  },
  {
    name: 'bare lag or lead',
    why: "a missing neighbour is 0 or '' in ClickHouse; write lag(x_null(x))",
    example: 'select lag(n) over (order by n) from t',
    found: /\b(lag|lead)\s*\(\s*(?!x_null\b)/i,
  },
  {
    name: 'first_value, last_value, nth_value, first, last',
    why: 'ClickHouse skips nulls, DuckDB does not',
    example: 'select first_value(n) over (order by n) from t',
    found: /\b(first_value|last_value|nth_value|first|last)\s*\(/i,
  },
  {
    name: 'round',
    why: 'half to even in ClickHouse, half away from zero in DuckDB',
    example: 'select round(2.5)',
    found: /\bround\s*\(/i,
  },
  {
    name: 'a fraction cast to an integer',
    why: 'ClickHouse truncates, DuckDB rounds',
    example: 'select cast(latency_ms as bigint)',
    found: (sql) =>
      casts(sql).some(({ argument, type }) => INTEGER.test(type) && FRACTION.test(argument)),
  },
  {
    name: 'a fraction cast to a decimal',
    why: 'ClickHouse truncates, DuckDB rounds',
    example: 'select cast(latency_ms as decimal(18, 3))',
    found: (sql) =>
      casts(sql).some(
        ({ argument, type }) => type.startsWith('decimal') && FRACTION.test(argument),
      ),
  },
  {
    name: 'lower, upper, length, substring, left, right, reverse, position',
    why: 'bytes or ASCII in ClickHouse, Unicode in DuckDB; use x_lower, x_contains',
    example: 'select length(tool_name)',
    found: /\b(lower|upper|length|substr|substring|left|right|reverse|position|strpos)\s*\(/i,
  },
  {
    name: 'regexp_replace',
    why: 'all matches in ClickHouse, the first in DuckDB',
    example: "select regexp_replace(x, 'a', 'b')",
    found: /\bregexp_replace\b/i,
  },
  {
    name: 'like',
    why: "'\\' escapes in ClickHouse and not in DuckDB; use x_glob or x_contains",
    example: "select x like 'a%'",
    found: /\bi?like\b/i,
  },
  {
    name: 'concat, concat_ws, format, printf',
    why: 'a null is skipped in DuckDB, makes all null in ClickHouse; use || with coalesce',
    example: "select concat(a, 'x')",
    found: /\b(concat|concat_ws|format|printf)\s*\(/i,
  },
  {
    name: 'exists',
    why: 'a correlated subquery fails on a cluster; use a semi join, an anti join or in',
    example: 'select 1 from a where not exists (select 1 from b where b.x = a.x)',
    found: /(?<!\bif\s+|\bif not\s+)\bexists\s*\(/i,
  },
  {
    name: 'not in (select)',
    why: 'one null in the list makes it null in DuckDB and not in ClickHouse; use an anti join',
    example: 'select 1 from a where x not in (select x from b)',
    found: /\bnot\s+in\s*\(\s*select\b/i,
  },
  {
    name: 'null in a list',
    why: 'x in (1, null) is null in DuckDB, 0 in ClickHouse',
    example: 'select 2 in (1, null)',
    found: /\bin\s*\([^()]*\bnull\b[^()]*\)/i,
  },
  {
    name: 'arithmetic on two decimal literals',
    why: 'decimals in DuckDB, floats in ClickHouse: 0.1 + 0.2',
    example: 'select 0.1 + 0.2',
    found: /\b\d+\.\d+\s*[-+*/]\s*\d+\.\d+/,
  },
  {
    name: 'union, intersect, except without distinct or all',
    why: 'what it means is a setting in ClickHouse',
    example: 'select 1 union select 2',
    found: /\b(union|intersect|except)\b(?!\s+(all|distinct)\b)/i,
  },
  {
    name: 'avg',
    why: 'the order of a float sum shows in its last digits; sum in a fixed order, or give percentiles',
    example: 'select avg(latency_ms)',
    found: /\bavg\s*\(/i,
  },
  {
    name: 'any_value, arbitrary',
    why: 'any row may answer, another one next time; use min, max, argMin or argMax',
    example: 'select any_value(x) from t',
    found: /\b(any_value|arbitrary|any)\s*\(/i,
  },
  {
    name: 'now, today, random, uuid',
    why: 'the same input must give the same answer; time comes in as a parameter',
    example: 'select now()',
    found: /\b(now|today|random|rand|uuid|gen_random_uuid)\s*\(|\bcurrent_(date|time|timestamp)\b/i,
  },
  {
    name: 'quantile and percentile functions',
    why: 'they interpolate or estimate; our percentile is the weighted nearest rank',
    example: 'select quantile_cont(x, 0.95)',
    found: /\b(quantile|percentile|approx_)[a-zA-Z_]*\s*\(/i,
  },
  {
    name: 'a division by what may be zero',
    why: 'null in DuckDB, inf or nan in ClickHouse; divide by nullif(x, 0) or by a number',
    example: 'select failed_calls / calls',
    found: /(?<!\/)\/(?!\/)(?!\s*(nullif\s*\(|0*[1-9][\d.]*))/i,
  },
  {
    name: 'a time or a fraction as text',
    why: 'written with an offset in DuckDB, without in ClickHouse; 1.0 against 1',
    example: 'select x_text("timestamp")',
    found:
      /\bx_text\s*\(\s*(\w+\.)?"?(\w+_(at|ms|ratio|confidence)|timestamp)\b|\bcast\s*\(\s*(\w+\.)?"?(\w+_(at|ms|ratio|confidence)|timestamp)"?\s+as\s+varchar\b/i,
  },
  {
    name: 'group_concat',
    why: 'commas between in DuckDB, nothing in ClickHouse; use x_join(x_list(x, k), sep)',
    example: 'select group_concat(tool_name)',
    found: /\bgroup_concat\s*\(/i,
  },
  {
    name: 'median',
    why: 'a sample of 8,192 values decides in ClickHouse; use x_median',
    example: 'select median(x)',
    found: /\bmedian\s*\(/i,
  },
];

/** DuckDB alone runs it; nothing else would notice before ClickHouse does. */
export const LOUD: readonly Ban[] = [
  { name: '::', why: 'write cast(x as type)', example: 'select x::bigint', found: /::/ },
  {
    name: 'date_trunc',
    why: 'a date or a time of whole seconds in ClickHouse; use x_bin or x_month',
    example: "select date_trunc('month', t)",
    found: /\bdate_trunc\s*\(/i,
  },
  {
    name: 'a last order by of anything but columns of the answer',
    why: 'ClickHouse is given it around the statement, see store/clickhouse-sql.ts',
    example: 'select n from t\norder by t.n',
    found: /^order by [^;]*?(\b\w+\."?\w|\b(count|sum|min|max|argMin|argMax)\s*\()/m,
  },
  {
    name: 'try_cast',
    why: 'use x_int, x_float, x_ts, x_to_uuid',
    example: 'select try_cast(x as bigint)',
    found: /\btry_cast\b/i,
  },
  {
    name: 'functions that only DuckDB has',
    why: 'use or add an x_ function in both preludes',
    example: "select split_part(x, '/', 1)",
    found:
      /\b(split_part|string_split|starts_with|ends_with|contains|bool_or|bool_and|md5|epoch_[a-z]+|make_timestamptz?|time_bucket|list|list_[a-z_]+|array_agg|string_agg|unnest|json_[a-z_]+|struct_pack|map|strftime|strptime|regexp_[a-z_]+|arg_min|arg_max|mode|fsum|favg|date_diff|to_[a-z]+s|age|getvariable)\s*\(/i,
  },
  {
    name: 'list and map literals',
    why: 'written differently',
    example: 'select [1, 2]',
    found: /(?<![a-z0-9_"])\[|\bmap\s*\{/i,
  },
  {
    name: 'a window frame of an interval',
    why: 'count seconds in a numeric range',
    example: 'sum(x) over (order by t range between interval 1 hour preceding and current row)',
    found: /\brange\s+between\s+interval\b/i,
  },
  {
    name: 'lateral, positional join, pivot, sample, exclude, replace, columns',
    why: 'DuckDB only',
    example: 'select * exclude (x) from t',
    found:
      /\b(lateral|positional|unpivot|using\s+sample|tablesample)\b|\*\s*(exclude|replace)\b|\bcolumns\s*\(/i,
  },
];

/** How our SQL is written, whatever the engine. */
export const STYLE: readonly Ban[] = [
  {
    name: 'a parameter that is not {name:Type}',
    why: 'one notation for both engines, always bound',
    example: 'select $limit',
    found: /\$[a-z0-9_]+|(?<!\?)\?(?!\?)|(?<![:{a-z0-9_]):[a-z_]+\b/i,
  },
  {
    name: 'a brace that is no parameter of a known type',
    why: 'Timestamp, Varchar, Bigint, Double, Boolean or Array(Varchar)',
    example: 'select {limit:Int}',
    found: /\{(?![a-z_][a-z0-9_]*:(Timestamp|Varchar|Bigint|Double|Boolean|Array\(Varchar\))\})/,
  },
  {
    name: 'a statement that is no select',
    why: "what becomes of the rows is the store's affair: correlate/run-step.ts puts it in front",
    example: 'delete from sessions',
    found: (sql) => !/^\s*(with|select)\b/i.test(sql),
  },
  { name: 'a semicolon', why: 'one statement a file', example: 'select 1;', found: /;/ },
];

/** Text literals that the engines read differently; looked for before literals are emptied. */
export function hasBackslashInText(sql: string): boolean {
  const parts = sql.matchAll(/--[^\n]*|'(?:[^']|'')*'/g);
  return [...parts].some(([part]) => part.startsWith("'") && part.includes('\\'));
}
