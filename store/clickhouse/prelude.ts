import { readFileSync } from 'node:fs';
import { packagePath } from '../../core/package-root.ts';

/** One function of store/prelude/clickhouse.sql. */
interface Macro {
  readonly parameters: readonly string[];
  readonly body: string;
}

let known: ReadonlyMap<string, Macro> | undefined;

function macros(): ReadonlyMap<string, Macro> {
  known ??= new Map(
    readFileSync(packagePath('store/prelude/clickhouse.sql'), 'utf8')
      .split(/;\n/)
      .flatMap((statement) => {
        const [, name, parameters, body] =
          /^create or replace function (x_\w+) as \(([^)]*)\) -> ([\s\S]*)$/m.exec(statement) ?? [];
        if (name === undefined || parameters === undefined || body === undefined) return [];
        return [[name, { parameters: parameters.split(/\s*,\s*/), body }] as const];
      }),
  );
  return known;
}

/**
 * The statement with every function of the prelude written out. So nothing has to be created on the server, where
 * functions belong to all databases and all versions of this program, and need a privilege of their own.
 */
export function withoutPrelude(sql: string): string {
  // Arguments are written out before what stands around them: the last call first.
  let text = sql;
  for (let from = text.length; ; ) {
    const at = lastCall(text, from);
    if (at === undefined) return text;
    text = `${text.slice(0, at.start)}${expanded(at)}${text.slice(at.end)}`;
    from = at.start;
  }
}

interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** The last call of ours that begins before `before`, outside of texts and comments. */
function lastCall(text: string, before: number): Call | undefined {
  const bare = withoutTexts(text);
  const calls = [...bare.slice(0, before).matchAll(/\b(x_[a-z0-9_]+)\(/g)];
  for (const { index, 0: opening, 1: name = '' } of calls.reverse()) {
    if (!macros().has(name)) continue;
    const { args, end } = argumentsAt(text, bare, index + opening.length);
    return { name, args, start: index, end };
  }
  return undefined;
}

function argumentsAt(
  text: string,
  bare: string,
  start: number,
): { readonly args: string[]; readonly end: number } {
  const args: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < bare.length; at += 1) {
    const sign = bare[at] ?? '';
    if ('([{'.includes(sign)) depth += 1;
    else if (depth === 0 && (sign === ',' || sign === ')')) {
      args.push(text.slice(from, at).trim());
      if (sign === ')') return { args, end: at + 1 };
      from = at + 1;
    } else if (')]}'.includes(sign)) depth -= 1;
  }
  throw new Error('a call of a function of ours has no end');
}

function expanded({ name, args }: Call): string {
  const { parameters, body } = macros().get(name) as Macro;
  if (args.length !== parameters.length) {
    throw new Error(`${name} takes ${parameters.length} arguments, not ${args.length}`);
  }
  const bare = withoutTexts(body);
  let text = '';
  let done = 0;
  for (const { index, 0: word } of bare.matchAll(/\b[a-z_]\w*\b/gi)) {
    const argument = args[parameters.indexOf(word)];
    if (argument === undefined) continue;
    text += `${body.slice(done, index)}(${argument})`;
    done = index + word.length;
  }
  return `(${text}${body.slice(done)})`;
}

/** The same length, with what is in texts and comments blanked, so that places in it are places in the statement. */
export function withoutTexts(sql: string): string {
  return sql.replaceAll(/--[^\n]*|'(?:[^'\\]|\\[\s\S]|'')*'/g, (part) => ' '.repeat(part.length));
}
