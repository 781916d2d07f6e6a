import { createHash } from 'node:crypto';
import { isoOfTicks, type Ticks } from '../../../ingest/log-analytics/ticks.ts';
import type { AskedQuery } from './kql.ts';

/** A row of a table of the peer's. */
export interface PeerRow {
  readonly at: Ticks;
  readonly ingestedAt: Ticks;
  /** From then on queries find it; when it says that it was ingested, if absent. */
  readonly visibleAt?: Ticks;
  /** JSON text of its cells, by column. */
  readonly cells: () => Readonly<Record<string, string>>;
}

/** The rows that a query finds. */
export function found(
  rows: readonly PeerRow[],
  { time, ingested, part }: AskedQuery,
  span: { readonly from: Ticks; readonly to: Ticks },
  now: Ticks,
): PeerRow[] {
  return rows.filter(
    ({ at, ingestedAt, visibleAt = ingestedAt, cells }) =>
      ingestedAt >= ingested.from &&
      ingestedAt < ingested.to &&
      at >= time.from &&
      at <= time.to &&
      at >= span.from &&
      at <= span.to &&
      visibleAt <= now &&
      (part === undefined || isWithin(part, cells()['_ItemId'] ?? '')),
  );
}

/** Any hash will do that spreads rows evenly and is the same for the same row. */
function isWithin({ from, to, of }: NonNullable<AskedQuery['part']>, id: string): boolean {
  const hash = createHash('md5').update(id).digest().readUInt32LE() % of;
  return hash >= from && hash < to;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** What a query answers with: columns, and each row as JSON text. */
export interface Result {
  readonly columns: readonly Column[];
  readonly rows: string[];
}

export function resultOf(query: AskedQuery, rows: readonly PeerRow[]): Result {
  const { sums, columns } = query;
  if (sums === undefined) {
    return {
      columns: columns.map((name) => ({ name, type: typeOf(name) })),
      rows: rows.map((row) => rowText(row, columns)),
    };
  }
  if (sums.kind === 'earliest') {
    const first = rows.map(({ ingestedAt }) => ingestedAt).sort((a, b) => (a < b ? -1 : 1))[0];
    const cell = first === undefined ? 'null' : JSON.stringify(isoOfTicks(first));
    return { columns: [{ name: 'first', type: 'datetime' }], rows: [`[${cell}]`] };
  }
  if (sums.kind === 'latest') {
    const last = rows.map(({ ingestedAt }) => ingestedAt).sort((a, b) => (a < b ? 1 : -1))[0];
    const cell = last === undefined ? 'null' : JSON.stringify(isoOfTicks(last));
    return {
      columns: [
        { name: 'rows', type: 'long' },
        { name: 'last', type: 'datetime' },
      ],
      rows: [`[${rows.length},${cell}]`],
    };
  }
  if (sums.kind === 'counts') {
    const counts = sums.of.map(
      ({ from, to }) => rows.filter((row) => row.ingestedAt >= from && row.ingestedAt < to).length,
    );
    return {
      columns: counts.map((_, no) => ({ name: `w${no}`, type: 'long' })),
      rows: [`[${counts.join(',')}]`],
    };
  }
  const { width } = sums;
  const bins = Map.groupBy(rows, ({ ingestedAt }) => ingestedAt - (ingestedAt % width));
  return {
    columns: [
      { name: 'at', type: 'datetime' },
      { name: 'rows', type: 'long' },
      { name: 'bytes', type: 'long' },
    ],
    rows: [...bins].map(
      ([at, those]) =>
        `[${JSON.stringify(isoOfTicks(at))},${those.length},${bytesOf(those, columns)}]`,
    ),
  };
}

function rowText(row: PeerRow, columns: readonly string[]): string {
  const cells = row.cells();
  return `[${columns.map((name) => (name === 'IngestedAt' ? `"${isoOfTicks(row.ingestedAt)}"` : (cells[name] ?? 'null'))).join(',')}]`;
}

/** Rows of a table are much alike, so one of a hundred tells. */
function bytesOf(rows: readonly PeerRow[], columns: readonly string[]): number {
  const sample = rows.filter((_, no) => no % 100 === 0);
  const bytes = sample.reduce((sum, row) => sum + rowText(row, columns).length, 0);
  return Math.round((bytes / Math.max(sample.length, 1)) * rows.length);
}

const TYPES: Readonly<Record<string, string>> = {
  TimeGenerated: 'datetime',
  IngestedAt: 'datetime',
  ResponseCode: 'int',
  TotalTime: 'long',
  BackendTime: 'long',
  IsRequestSuccess: 'bool',
  RequestHeaders: 'dynamic',
  Properties: 'dynamic',
};

function typeOf(name: string): string {
  return TYPES[name] ?? 'string';
}
