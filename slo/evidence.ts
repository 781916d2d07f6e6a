import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { relationSql } from './columns.ts';
import type { Freshness } from './definition.ts';
import { findSource, initialsOf, type Source } from './sources.ts';

/** Records of a source that a verdict cannot have counted as they were. */
export interface Loss {
  readonly sourceTable: string;
  readonly rejected: number;
  readonly truncated: number;
}

/** Values that were sent and could not be read: their column is empty, and says nothing. */
export interface Unreadable {
  readonly sourceTable: string;
  readonly column: string;
  readonly values: number;
}

/** Events of a stream that were never read and may have happened in the window. */
export interface StreamGap {
  readonly source: string;
  readonly cause: string;
  /** NULL: nobody can know how many. */
  readonly missing: number | null;
}

/** Records of a source that are dated where no clock is yet. */
export interface DatedAhead {
  readonly sourceTable: string;
  readonly records: number;
}

/** What is known about the evidence that a verdict rests on. */
export interface Evidence {
  readonly rows: number;
  readonly sampledRows: number;
  /** From when to when the window was seen at all. */
  readonly oldestAt: string | null;
  readonly newestAt: string | null;
  readonly expectedSlices: number;
  readonly measuredSlices: number;
  /** How much of the window these are: the first may begin before it. */
  readonly measuredMs: number;
  readonly losses: readonly Loss[];
  /** Of the columns that were asked for. */
  readonly unreadable: readonly Unreadable[];
  readonly gaps: readonly StreamGap[];
  readonly sampledGateways: readonly string[];
  /** Whose diagnostic settings nobody has read: they may be sampled. */
  readonly unreadGateways: readonly string[];
  /** Records of times that have not come: nobody knows whether they belong into the window. */
  readonly datedAhead: readonly DatedAhead[];
  /** The source that is older than it may be, NULL when all are fresh. */
  readonly stale: string | null;
}

/** A time in which nothing is expected to be seen. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface SliceRow {
  readonly layer: string;
  readonly slice_no: number;
  readonly evidence_rows: number;
  readonly sampled_rows: number;
  readonly oldest_at: string;
  readonly newest_at: string;
}

interface LossRow {
  readonly source_table: string;
  readonly layer: string | null;
  readonly rejected_records: number;
  readonly truncated_records: number;
}

interface UnreadableRow {
  readonly source_table: string;
  readonly column_name: string;
  readonly layer: string | null;
  readonly unreadable: number;
}

interface GapRow {
  readonly source: string;
  readonly cause: string;
  readonly missing_events: number | null;
}

interface AheadRow {
  readonly source_table: string;
  readonly layer: string;
  readonly records: number;
}

/**
 * How long before it was enqueued an event may have happened: Azure Monitor repeats an export that
 * failed for 12 hours.
 */
const EXPORT_DELAY_US = 12 * 3_600_000_000;

/** Reads each fact once per window, however many definitions ask. */
export class EvidenceReader {
  readonly #store: Store;
  readonly #notBelievedFrom: string;
  readonly #known = new Map<string, Promise<unknown[]>>();

  constructor(store: Store, notBelieved: Date) {
    this.#store = store;
    this.#notBelievedFrom = notBelieved.toISOString();
  }

  async read(
    source: Source,
    window: TimeWindow,
    sliceMs: number,
    freshness: Freshness | null,
    down: readonly Span[] = [],
    columns: ReadonlySet<string> = new Set(),
  ): Promise<Evidence> {
    const layers = new Set(source.evidence);
    const times = { from_at: window.from, to_at: window.to };
    const slices = await this.#slices(source, window, sliceMs);
    const losses = await this.#ask<LossRow>('slo/losses_by_table.sql', times);
    const unreadable =
      columns.size > 0 ? await this.#ask<UnreadableRow>('slo/unreadable_by_column.sql', times) : [];
    const gatewaysOf = async (path: string) =>
      layers.has('gateway') ? await this.#ask<{ gateway: string }>(path, times) : [];
    const sampledGateways = await gatewaysOf('slo/sampled_gateways.sql');
    const unreadGateways = await gatewaysOf('slo/unread_gateways.sql');
    // Settings are asked for, they do not come in a stream.
    const isStream = [...layers].some((layer) => layer !== 'config');
    const gaps = isStream
      ? await this.#ask<GapRow>('slo/gaps_in_window.sql', { ...times, delay_us: EXPORT_DELAY_US })
      : [];
    const ahead = await this.#ask<AheadRow>('queries/sre/records_dated_ahead.sql', {
      after_at: this.#notBelievedFrom,
      from_at: window.from,
    });
    return {
      rows:
        sum(slices.map(({ evidence_rows }) => evidence_rows)) +
        (isStream ? 0 : await this.#settings()),
      sampledRows: sum(slices.map(({ sampled_rows }) => sampled_rows)),
      oldestAt: slices.map(({ oldest_at }) => oldest_at).sort()[0] ?? null,
      newestAt:
        slices
          .map(({ newest_at }) => newest_at)
          .sort()
          .at(-1) ?? null,
      ...coverageOf(slices, window, sliceMs, down),
      losses: lossesOf(losses, new Set(source.counted)),
      unreadable: unreadableOf(unreadable, new Set(source.counted), columns),
      gaps: gaps.map(({ source, cause, missing_events: missing }) => ({ source, cause, missing })),
      sampledGateways: sampledGateways.map(({ gateway }) => gateway),
      unreadGateways: unreadGateways.map(({ gateway }) => gateway),
      datedAhead: [
        ...aheadOf(ahead, new Set(source.counted)),
        ...(source.isOwnTime ? await this.#ownAhead(source) : []),
      ],
      stale: freshness === null ? null : await this.#stale(freshness, window),
    };
  }

  /** What is in force may have been read before the window, or after it. */
  async #settings(): Promise<number> {
    const [row] = await this.#ask<{ settings: number }>('slo/settings_read.sql', {});
    return row?.settings ?? 0;
  }

  /** The starts of the slices in which the source showed life. */
  async aliveSlices(source: Source, window: TimeWindow, sliceMs: number): Promise<Set<number>> {
    const slices = await this.#slices(source, window, sliceMs);
    const to = Date.parse(window.to);
    return new Set(slices.map(({ slice_no }) => to - (slice_no + 1) * sliceMs));
  }

  async #slices(
    source: Source,
    { from, to }: TimeWindow,
    sliceMs: number,
  ): Promise<readonly SliceRow[]> {
    const layers = new Set(source.evidence);
    const params = { from_at: from, to_at: to, slice_us: sliceMs * 1000 };
    const slices = await this.#ask<SliceRow>('slo/evidence_by_slice.sql', params);
    return slices.filter(({ layer }) => layers.has(layer));
  }

  async #stale({ inputs, maxAgeMs }: Freshness, { to }: TimeWindow): Promise<string | null> {
    for (const input of inputs) {
      const newest = await this.#newest(findSource(input), to);
      if (newest === null || Date.parse(to) - Date.parse(newest) > maxAgeMs) return input;
    }
    return null;
  }

  /** Rows of a source that is cut by another time than its evidence is dated by. */
  async #ownAhead({ name, time }: Source): Promise<DatedAhead[]> {
    const sql = `select count(*) as records from "${name}" where "${time}" >= {after_at:Timestamp}`;
    const file = { path: `rows of ${name} ahead of now`, sql, header: {}, params: [], columns: [] };
    const [row] = await this.#store.query<{ records: number }>(file, {
      after_at: this.#notBelievedFrom,
    });
    const records = Number(row?.records ?? 0);
    return records === 0 ? [] : [{ sourceTable: name, records }];
  }

  async #newest(source: Source, to: string): Promise<string | null> {
    const sql = `select max("${source.time}") as newest_at from ${relationSql(source)}
where "${source.time}" < {to_at:Timestamp}`;
    const [row] = await this.#store.query<{ newest_at: string | null }>(
      { path: `newest of ${source.name}`, sql, header: {}, params: [], columns: [] },
      { ...initialsOf(source), to_at: to, from_at: to },
    );
    return row?.newest_at ?? null;
  }

  #ask<T>(path: string, params: Readonly<Record<string, string | number>>): Promise<T[]> {
    const key = JSON.stringify([path, params]);
    const known = this.#known.get(key) ?? this.#store.query(path, params);
    this.#known.set(key, known);
    return known as Promise<T[]>;
  }
}

/** Slices that were observed and that were to be; those of a planned downtime are neither. */
function coverageOf(
  slices: readonly SliceRow[],
  { from, to }: TimeWindow,
  sliceMs: number,
  down: readonly Span[],
): Pick<Evidence, 'expectedSlices' | 'measuredSlices' | 'measuredMs'> {
  const [windowFromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const endOf = (no: number) => toMs - no * sliceMs;
  const isWanted = (no: number) =>
    !down.some((span) => span.fromMs <= endOf(no) - sliceMs && endOf(no) <= span.toMs);
  const measured = [...new Set(slices.map(({ slice_no }) => slice_no))].filter(isWanted);
  const all = Math.ceil((toMs - windowFromMs) / sliceMs);
  return {
    expectedSlices:
      down.length === 0 ? all : Array.from({ length: all }, (_, no) => no).filter(isWanted).length,
    measuredSlices: measured.length,
    measuredMs: sum(measured.map((no) => Math.min(sliceMs, endOf(no) - windowFromMs))),
  };
}

/** A table without any event may have held any layer; its losses count for all of them. */
function lossesOf(rows: readonly LossRow[], layers: ReadonlySet<string>): Loss[] {
  const concerned = rows.filter(({ layer }) => layer === null || layers.has(layer));
  const byTable = new Map(concerned.map((row) => [row.source_table, row]));
  return [...byTable.values()].map((row) => ({
    sourceTable: row.source_table,
    rejected: row.rejected_records,
    truncated: row.truncated_records,
  }));
}

function unreadableOf(
  rows: readonly UnreadableRow[],
  layers: ReadonlySet<string>,
  columns: ReadonlySet<string>,
): Unreadable[] {
  const concerned = rows.filter(
    ({ layer, column_name: column }) =>
      columns.has(column) && (layer === null || layers.has(layer)),
  );
  const byColumn = new Map(
    concerned.map((row) => [`${row.source_table} ${row.column_name}`, row] as const),
  );
  return [...byColumn.values()].map((row) => ({
    sourceTable: row.source_table,
    column: row.column_name,
    values: row.unreadable,
  }));
}

function aheadOf(rows: readonly AheadRow[], layers: ReadonlySet<string>): DatedAhead[] {
  const byTable = Map.groupBy(
    rows.filter(({ layer }) => layers.has(layer)),
    (row) => row.source_table,
  );
  return [...byTable].map(([sourceTable, those]) => ({
    sourceTable,
    records: sum(those.map(({ records }) => records)),
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
