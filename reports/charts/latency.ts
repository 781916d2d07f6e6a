import type { TopLevelSpec } from 'vega-lite';
import { BLUE, type Frame, GREY, INK, ORANGE, RED } from './theme.ts';

export interface LatencyBucket {
  /** Start of the bucket, ISO-8601 UTC. */
  readonly at: string;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
  /** Calls whose latency is known. */
  readonly calls: number;
}

export interface LatencyOptions {
  /** Length of a bucket; a longer step between two of them is a gap, and no line crosses it. */
  readonly bucketMs: number;
  /** The target that the p95 is held against. */
  readonly thresholdMs?: number;
}

const SERIES = [
  { field: 'p99_ms', label: 'p99', colour: ORANGE, dash: [2, 3] },
  { field: 'p95_ms', label: 'p95', colour: BLUE, dash: [1, 0] },
  { field: 'p50_ms', label: 'p50', colour: GREY, dash: [6, 3] },
] as const;

/** Percentiles over time with their threshold, and beneath them how many calls they rest on. */
export function latencyOverTime(
  rows: readonly LatencyBucket[],
  { width, isNarrow }: Frame,
  options: LatencyOptions,
): TopLevelSpec {
  const plot = width - 92;
  const domain = [rows[0]?.at, endOf(rows.at(-1), options.bucketMs)];
  const x = {
    field: 'at',
    type: 'temporal',
    scale: { type: 'utc', domain },
    axis: { title: null, format: '%d %b', grid: false, tickCount: isNarrow ? 4 : 8 },
  };
  return {
    spacing: 18,
    vconcat: [
      { width: plot, height: 210, layer: [...lines(rows, x, options), ...threshold(options)] },
      {
        width: plot,
        height: 44,
        data: { values: rows.map((row) => ({ ...row, end: endOf(row, options.bucketMs) })) },
        mark: { type: 'rect', fill: GREY },
        encoding: {
          x,
          x2: { field: 'end' },
          y: {
            field: 'calls',
            type: 'quantitative',
            axis: { title: 'n, calls', tickCount: 2, format: ',.0f' },
          },
          y2: { datum: 0 },
        },
      },
    ],
  } as TopLevelSpec;
}

function endOf(row: LatencyBucket | undefined, bucketMs: number): string | undefined {
  return row && new Date(Date.parse(row.at) + bucketMs).toISOString();
}

function lines(rows: readonly LatencyBucket[], x: object, { bucketMs }: LatencyOptions): object[] {
  const points = SERIES.flatMap(({ field, label }) => series(rows, field, label, bucketMs));
  const y = {
    field: 'ms',
    type: 'quantitative',
    axis: { title: 'latency, ms', tickCount: 5, format: ',.0f' },
  };
  const labels = SERIES.map(({ label }) => label);
  const color = {
    field: 'series',
    type: 'nominal',
    legend: null,
    scale: { domain: labels, range: SERIES.map(({ colour }) => colour) },
  };
  const strokeDash = {
    field: 'series',
    type: 'nominal',
    legend: null,
    scale: { domain: labels, range: SERIES.map(({ dash }) => dash) },
  };
  const detail = { field: 'run', type: 'nominal' };
  return [
    {
      data: { values: points },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: { x, y, color, strokeDash, detail },
    },
    {
      data: { values: points.filter(({ isAlone }) => isAlone) },
      mark: { type: 'point', filled: true, size: 22, opacity: 1 },
      encoding: { x, y, color },
    },
    {
      data: { values: spreadLabels(points) },
      mark: { type: 'text', align: 'left', dx: 5, fontWeight: 'bold' },
      encoding: { x, y, color, text: { field: 'series' } },
    },
  ];
}

interface Point {
  readonly at: string;
  readonly ms: number;
  readonly series: string;
  readonly run: string;
  readonly isAlone: boolean;
}

/** The points of one line, each with the unbroken run it belongs to. */
function series(
  rows: readonly LatencyBucket[],
  field: 'p50_ms' | 'p95_ms' | 'p99_ms',
  label: string,
  bucketMs: number,
): Point[] {
  const runs: { at: string; ms: number }[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { at, [field]: ms } of rows) {
    if (ms === null) continue;
    if (Date.parse(at) - last > bucketMs) runs.push([]);
    runs.at(-1)?.push({ at, ms });
    last = Date.parse(at);
  }
  return runs.flatMap((run, index) =>
    run.map((point) => ({
      ...point,
      series: label,
      run: `${label}-${index}`,
      isAlone: run.length === 1,
    })),
  );
}

/** The last point of each line, where its name stands. */
function spreadLabels(points: readonly Point[]): Point[] {
  return SERIES.flatMap(({ label }) => points.findLast(({ series }) => series === label) ?? []);
}

function threshold({ thresholdMs }: LatencyOptions): object[] {
  if (thresholdMs === undefined) return [];
  const values = [
    { ms: thresholdMs, label: `p95 target ${thresholdMs.toLocaleString('en-US')} ms` },
  ];
  const y = { field: 'ms', type: 'quantitative' };
  return [
    { data: { values }, mark: { type: 'rule', stroke: RED, strokeWidth: 1.4 }, encoding: { y } },
    {
      data: { values },
      mark: { type: 'text', align: 'left', baseline: 'bottom', x: 4, dy: -3, fill: INK },
      encoding: { y, text: { field: 'label' } },
    },
  ];
}
