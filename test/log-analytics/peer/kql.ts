import { type Ticks, ticksOf } from '../../../ingest/log-analytics/ticks.ts';

/** What a query of ours asks for, as far as the peer answers such. */
export interface AskedQuery {
  readonly table: string;
  readonly time: { readonly from: Ticks; readonly to: Ticks };
  readonly ingested: { readonly from: Ticks; readonly to: Ticks };
  /** Rows by their hash, where not all of them are asked for. */
  readonly part: { readonly from: number; readonly to: number; readonly of: number } | undefined;
  readonly columns: readonly string[];
  readonly sums: Sums | undefined;
}

export type Sums =
  | { readonly kind: 'histogram'; readonly width: Ticks }
  | {
      readonly kind: 'counts';
      readonly of: readonly { readonly from: Ticks; readonly to: Ticks }[];
    }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' };

const TIME = /^\| where \w+ between \(datetime\(([^)]+)\) \.\. datetime\(([^)]+)\)\)$/m;
const INGESTED =
  /^\| where ingestion_time\(\) >= datetime\(([^)]+)\) and ingestion_time\(\) < datetime\(([^)]+)\)$/m;

const PART =
  /^\| where hash_xxhash64\(strcat\(_?[Ii]temId, tostring\(\w+\)\), (\d+)\) between \((\d+) \.\. (\d+)\)$/m;

/** Undefined: the peer does not understand it. */
export function readQuery(kql: string): AskedQuery | undefined {
  const [, from = '', to = ''] = TIME.exec(kql) ?? [];
  const [, since = '', until = ''] = INGESTED.exec(kql) ?? [];
  const [table = ''] = kql.split('\n');
  if (from === '' || since === '' || !/^\w+$/.test(table)) return undefined;
  return {
    table,
    time: { from: ticksOf(from), to: ticksOf(to) },
    ingested: { from: ticksOf(since), to: ticksOf(until) },
    part: partOf(kql),
    columns: columnsOf(kql),
    sums: sumsOf(kql),
  };
}

function partOf(kql: string): AskedQuery['part'] {
  const [, of, from, last] = PART.exec(kql) ?? [];
  return of === undefined
    ? undefined
    : { from: Number(from), to: Number(last) + 1, of: Number(of) };
}

function columnsOf(kql: string): string[] {
  const clause = /^\| project\s+([\s\S]*?)(?=^\||(?![\s\S]))/m.exec(kql)?.[1] ?? '';
  const columns: string[] = [];
  let depth = 0;
  let column = '';
  let quote = '';
  for (const character of `${clause.replaceAll(/\/\/.*$/gm, '')},`) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0 && quote === '') {
      const name = /^\s*(\w+)/.exec(column)?.[1];
      if (name) columns.push(name);
      column = '';
    } else column += character;
  }
  return columns;
}

function sumsOf(kql: string): Sums | undefined {
  const text = /^\| summarize (.*)$/m.exec(kql)?.[1];
  if (text === undefined) return undefined;
  const [, width, unit] = /by at = bin\(IngestedAt, (\d+)(s|tick)\)$/.exec(text) ?? [];
  if (width !== undefined) {
    return { kind: 'histogram', width: BigInt(width) * (unit === 's' ? 10_000_000n : 1n) };
  }
  if (text.startsWith('first = min(')) return { kind: 'earliest' };
  if (text === 'rows = count(), last = max(IngestedAt)') return { kind: 'latest' };
  const counts = text.matchAll(
    /countif\(IngestedAt >= datetime\(([^)]+)\) and IngestedAt < datetime\(([^)]+)\)\)/g,
  );
  return {
    kind: 'counts',
    of: [...counts].map(([, from = '', to = '']) => ({ from: ticksOf(from), to: ticksOf(to) })),
  };
}
