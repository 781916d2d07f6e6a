import { withoutTexts } from './prelude.ts';

/** A table that a statement reads, to be made before it. */
export interface CommonTable {
  readonly name: string;
  readonly sql: string;
}

/** Beyond so many readings of one, it is made once: to make a table costs what a reading does. */
const MOST_READINGS = 2;

/**
 * The statement with every common table expression that it would read more often than that made beforehand.
 * ClickHouse puts an expression in each place that names it: where one reads another, and that a third, twice each,
 * the evidence would be read eight times, and planning alone take seconds.
 */
export function withCommonTables(
  sql: string,
  nameOf: () => string,
): { readonly tables: readonly CommonTable[]; readonly sql: string } {
  const tables: CommonTable[] = [];
  const rewritten = new Rewriting(tables, nameOf).query(sql, 1, []);
  return tables.length === 0 ? { tables, sql } : { tables, sql: rewritten };
}

interface Expression {
  readonly name: string;
  readonly body: string;
}

interface Parsed {
  readonly expressions: readonly Expression[];
  /** What stands behind the expressions. */
  readonly select: string;
}

class Rewriting {
  readonly #tables: CommonTable[];
  readonly #nameOf: () => string;

  constructor(tables: CommonTable[], nameOf: () => string) {
    this.#tables = tables;
    this.#nameOf = nameOf;
  }

  /** A query that is put in `places` places, where the expressions of `scope` can be named, layer in layer. */
  query(sql: string, places: number, scope: readonly (readonly Expression[])[]): string {
    const parsed = parse(sql);
    if (parsed === undefined) return this.#nested(sql, places, scope);
    const readings = readingsOf(parsed, places);
    const done: Expression[] = [];
    for (const [index, { name, body }] of parsed.expressions.entries()) {
      const inside = [...scope, done];
      const count = readings[index] ?? places;
      const isMade = count > MOST_READINGS;
      const rewritten = this.query(body, isMade ? 1 : count, inside);
      done.push({ name, body: isMade ? this.#made(rewritten, inside) : rewritten });
    }
    const select = this.#nested(parsed.select, places, [...scope, done]);
    return `${withClause(done)}${select}`;
  }

  #made(body: string, scope: readonly (readonly Expression[])[]): string {
    const name = this.#nameOf();
    const sql = scope
      .filter((layer) => layer.length > 0)
      .reduceRight((inner, layer) => `${withClause(layer)}\nselect * from (\n${inner}\n)`, body);
    this.#tables.push({ name, sql });
    return `select * from ${name}`;
  }

  /** Queries in parentheses, each with expressions of its own. */
  #nested(sql: string, places: number, scope: readonly (readonly Expression[])[]): string {
    const bare = withoutTexts(sql);
    let text = '';
    let done = 0;
    for (const { index } of bare.matchAll(/\((?=\s*with\s)/g)) {
      if (index < done) continue;
      const end = closing(bare, index);
      text += `${sql.slice(done, index + 1)}${this.query(sql.slice(index + 1, end), places, scope)}`;
      done = end;
    }
    return text + sql.slice(done);
  }
}

function withClause(expressions: readonly Expression[]): string {
  if (expressions.length === 0) return '';
  return `with ${expressions.map(({ name, body }) => `${name} as (${body})`).join(',\n')}`;
}

/** Undefined: it begins with no expressions, or with one that reads itself. */
function parse(sql: string): Parsed | undefined {
  const bare = withoutTexts(sql);
  const opening = /^\s*with\s+(?!recursive\b)/.exec(bare);
  if (opening === null) return undefined;
  const expressions: Expression[] = [];
  for (let at = opening[0].length; ; ) {
    const [all, name] = /^\s*(\w+)\s+as\s*\(/.exec(bare.slice(at)) ?? [];
    if (all === undefined || name === undefined) return undefined;
    const start = at + all.length;
    const end = closing(bare, start - 1);
    expressions.push({ name, body: sql.slice(start, end) });
    const comma = /^\s*,/.exec(bare.slice(end + 1));
    if (comma === null) return { expressions, select: sql.slice(end + 1) };
    at = end + 1 + comma[0].length;
  }
}

/** How often each expression would be read: an expression that is made beforehand reads others once. */
function readingsOf({ expressions, select }: Parsed, places: number): number[] {
  const readings = expressions.map(() => 0);
  for (const [index, { name }] of [...expressions.entries()].reverse()) {
    const pattern = new RegExp(`\\b(?:from|join)\\s+${name}\\b`, 'g');
    const namesIn = (text: string): number => [...withoutTexts(text).matchAll(pattern)].length;
    const later = expressions.slice(index + 1);
    readings[index] = later.reduce((sum, { body }, offset) => {
      const count = readings[index + 1 + offset] ?? 0;
      return sum + namesIn(body) * (count > MOST_READINGS ? 1 : count);
    }, namesIn(select) * places);
  }
  return readings;
}

/** Where the parenthesis closes that opens at `start`. */
function closing(bare: string, start: number): number {
  let depth = 0;
  for (let at = start; at < bare.length; at += 1) {
    if (bare[at] === '(') depth += 1;
    else if (bare[at] === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new Error('a parenthesis of a statement of ours is not closed');
}
