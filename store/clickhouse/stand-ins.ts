import { withoutTexts } from './prelude.ts';

/**
 * Selects that stand before tables of their name, as a temporary view would. They are written into each statement that
 * reads them: temporary views are newer than the oldest server, and a table would be a copy of all that is published.
 */
export class StandIns {
  readonly #selects = new Map<string, string>();

  set(name: string, select: string): void {
    // What stood there before is what it means now.
    this.#selects.set(name, this.writtenInto(select));
  }

  /** Says whether there was one. */
  delete(name: string): boolean {
    return this.#selects.delete(name);
  }

  /** The statement with each of them in the place of its name. */
  writtenInto(sql: string): string {
    if (this.#selects.size === 0) return sql;
    const bare = withoutTexts(sql);
    let text = '';
    let done = 0;
    for (const found of bare.matchAll(/\b((?:from|join)\s+)([a-z_]\w*)\b(?!\s*[.(])(\s+as\b)?/gi)) {
      const [all, reading = '', name = '', alias = ''] = found;
      const select = this.#selects.get(name);
      if (select === undefined || isOwnExpression(bare, name)) continue;
      const named = alias === '' ? ` as ${name}` : alias;
      text += `${sql.slice(done, found.index)}${reading}(\n${select}\n)${named}`;
      done = found.index + all.length;
    }
    return text + sql.slice(done);
  }
}

/** Of two things of one name the nearer is meant. */
function isOwnExpression(bare: string, name: string): boolean {
  return new RegExp(`\\b${name}\\s+as\\s*\\(`).test(bare);
}
