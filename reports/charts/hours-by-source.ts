import type { TopLevelSpec } from 'vega-lite';
import { visible } from '../visible.ts';
import { textWidthPx } from './text-width-px.ts';
import { BLUE, type Frame, RED } from './theme.ts';

export interface SourceHour {
  readonly source: string;
  /** Start of the hour, ISO-8601 UTC. */
  readonly hour: string;
  readonly records: number;
}

const HOUR_MS = 3_600_000;
const ROW_PX = 24;

interface Span {
  readonly source: string;
  readonly from: number;
  readonly to: number;
  readonly isSilent: boolean;
}

/** When each source was heard: a bar for hours with records, a thin red line for silent hours. */
export function hoursBySource(
  rows: readonly SourceHour[],
  window: { readonly from: string; readonly to: string },
  { width, isNarrow }: Frame,
): TopLevelSpec {
  const spans = [...new Set(rows.map(({ source }) => source))].flatMap((source) =>
    spansOf(source, rows, window),
  );
  const labelLimit = isNarrow ? 150 : 280;
  const labelPx = Math.min(
    labelLimit,
    Math.max(0, ...spans.map(({ source }) => textWidthPx(source, 12))),
  );
  const drawn = (isSilent: boolean, mark: object) => ({
    transform: [{ filter: { field: 'isSilent', equal: isSilent } }],
    mark: { type: 'bar', ...mark },
  });
  return {
    width: Math.floor(width - labelPx - 30),
    height: { step: ROW_PX },
    data: { values: spans.map((span) => ({ ...span, source: visible(span.source) })) },
    encoding: {
      y: {
        field: 'source',
        type: 'nominal',
        sort: null,
        axis: { title: null, labelLimit, ticks: false, domain: false, labelPadding: 6 },
      },
      x: {
        field: 'from',
        type: 'temporal',
        scale: {
          type: 'utc',
          domain: [Date.parse(window.from), Date.parse(window.to)],
          nice: false,
        },
        axis: { title: null, format: '%d %b', grid: true, tickCount: isNarrow ? 3 : 8 },
      },
      x2: { field: 'to' },
    },
    layer: [drawn(false, { height: 14, fill: BLUE }), drawn(true, { height: 3, fill: RED })],
  } as TopLevelSpec;
}

/** Neighbouring hours of one kind become one bar; between the first and the last hour of the window. */
function spansOf(
  source: string,
  rows: readonly SourceHour[],
  window: { readonly from: string; readonly to: string },
): Span[] {
  const heard = new Set(
    rows
      .filter((row) => row.source === source && row.records > 0)
      .map(({ hour }) => Math.floor(Date.parse(hour) / HOUR_MS)),
  );
  const first = Math.floor(Date.parse(window.from) / HOUR_MS);
  const end = Math.ceil(Date.parse(window.to) / HOUR_MS);
  const spans: { from: number; to: number; isSilent: boolean }[] = [];
  for (let hour = first; hour < end; hour += 1) {
    const isSilent = !heard.has(hour);
    const last = spans.at(-1);
    if (last?.isSilent === isSilent) last.to = (hour + 1) * HOUR_MS;
    else spans.push({ from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS, isSilent });
  }
  return spans.map((span) => ({ source, ...span }));
}
