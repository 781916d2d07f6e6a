import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import tables from './tables.json' with { type: 'json' };

/** What Microsoft's own parser finds in a query, and what the query gives. */
export interface Bound {
  /** 'KS142 line 3: The name … does not refer to …'; warnings too. */
  readonly problems: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The few names of @kusto/language-service-next that are used; its own types name no module. */
interface List<T> {
  readonly Count: number;
  getItem(index: number): T;
}
interface Kusto {
  readonly Language: {
    readonly Symbols: {
      readonly TableSymbol: { From(schema: string): { WithName(name: string): object } };
      readonly DatabaseSymbol: {
        readonly $ctor1: new (name: string, members: readonly object[]) => object;
      };
    };
    readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
    readonly KustoFacts: { GetStringLiteralValue(literal: string): string };
    readonly KustoCode: { ParseAndAnalyze(text: string, globals: object): Code };
  };
}
interface Code {
  readonly ResultType: {
    readonly Columns?: List<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
  } | null;
  GetDiagnostics(): List<{
    readonly Code: string;
    readonly Message: string;
    readonly Start: number;
  }>;
}

/** Columns of each table that is known: its published list and what every workspace table has. */
export const COLUMNS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(tables.tables).map(([name, list]) => [
    name,
    new Map(
      (/^[a-z]/.test(name) ? list : `${list}, ${tables.standard}`).split(', ').map((column) => {
        const [each = '', type = ''] = column.split(': ');
        return [each, type] as const;
      }),
    ),
  ]),
);

/** Parses a query and binds its names and types against the tables. */
export function bind(text: string): Bound {
  const code = kusto.Language.KustoCode.ParseAndAnalyze(text, globals);
  return {
    problems: all(code.GetDiagnostics()).map(
      ({ Code, Message, Start }) =>
        `${Code} line ${text.slice(0, Start).split('\n').length}: ${Message}`,
    ),
    columns: all(code.ResultType?.Columns).map(({ Name, Type }) => ({
      name: Name,
      type: Type.Name,
    })),
  };
}

/** The text that a literal stands for. */
export function literalText(literal: string): string {
  return kusto.Language.KustoFacts.GetStringLiteralValue(literal);
}

function all<T>(list: List<T> | undefined): T[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, index) => (list as List<T>).getItem(index));
}

const kusto = load();
const globals = withTables();

/** Both are scripts for a browser: each adds to what is global, the second on top of the first. */
function load(): Kusto {
  const main = createRequire(import.meta.url).resolve('@kusto/language-service-next');
  for (const name of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
    const path = join(dirname(main), name);
    runInThisContext(readFileSync(path, 'utf8'), { filename: path });
  }
  return (globalThis as unknown as { readonly Kusto: Kusto }).Kusto;
}

function withTables(): object {
  const { TableSymbol, DatabaseSymbol } = kusto.Language.Symbols;
  const symbols = [...COLUMNS].map(([name, columns]) => {
    const schema = [...columns].map(([column, type]) => `['${column}']: ${type}`).join(', ');
    return TableSymbol.From(`(${schema})`).WithName(name);
  });
  return kusto.Language.GlobalState.Default.WithDatabase(
    new DatabaseSymbol.$ctor1('workspace', symbols),
  );
}
