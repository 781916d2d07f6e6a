import type { TopLevelSpec } from 'vega-lite';
import { BLUE, type Frame, GREY, ORANGE, PURPLE, RED } from './theme.ts';

export interface DayOutcome {
  /** The day in UTC, as YYYY-MM-DD. */
  readonly day: string;
  readonly outcome: string;
  readonly calls: number;
}

const COLOUR: Readonly<Record<string, string>> = {
  success: BLUE,
  failure: RED,
  denied: PURPLE,
  challenge: ORANGE,
  unknown: GREY,
};

/**
 * Calls per day, one lane for each outcome with a scale of its own: stacked on the successes, the
 * failures would be a hairline, and would differ from the others by colour alone.
 */
export function callsByDay(rows: readonly DayOutcome[], { width }: Frame): TopLevelSpec {
  const present = Object.keys(COLOUR).filter((outcome) =>
    rows.some((row) => row.outcome === outcome && row.calls > 0),
  );
  return {
    data: { values: rows.filter(({ outcome }) => present.includes(outcome)).map(spanOf) },
    facet: {
      row: {
        field: 'outcome',
        type: 'nominal',
        sort: present,
        title: null,
        header: { labelAngle: 0, labelAlign: 'left', labelPadding: 6 },
      },
    },
    resolve: { scale: { y: 'independent' } },
    spacing: 14,
    spec: {
      width: width - 128,
      height: 54,
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'from',
          type: 'temporal',
          scale: { type: 'utc' },
          axis: { title: null, format: '%d %b', grid: false, tickCount: width < 400 ? 4 : 8 },
        },
        x2: { field: 'to' },
        y: {
          field: 'calls',
          type: 'quantitative',
          axis: { title: null, tickCount: 2, format: ',.0f' },
        },
        y2: { datum: 0 },
        color: {
          field: 'outcome',
          type: 'nominal',
          legend: null,
          scale: { domain: present, range: present.map((outcome) => COLOUR[outcome] ?? GREY) },
        },
      },
    },
  } as TopLevelSpec;
}

const DAY_MS = 86_400_000;

function spanOf({ day, outcome, calls }: DayOutcome) {
  const from = Date.parse(`${day}T00:00:00Z`);
  // A sliver of the day is left free, so that neighbours can be told apart.
  return { from, to: from + DAY_MS * 0.9, outcome, calls };
}
