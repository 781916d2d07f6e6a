import type { TopLevelSpec } from 'vega-lite';
import { visible } from '../visible.ts';
import { BLUE, type Frame, GREY, GRID, INK, MUTED, ORANGE, RED } from './theme.ts';

export interface Budget {
  readonly name: string;
  readonly state: string;
  /** Share of the error budget that is used; 1 is all of it; null when there is nothing to say. */
  readonly consumed_ratio: number | null;
}

/** An overspent budget is drawn up to here; its label has the true share. */
const DRAWN_UP_TO = 2;

const COLOUR: Readonly<Record<string, string>> = {
  met: BLUE,
  at_risk: ORANGE,
  breached: RED,
};

/** How much of each error budget is used, against the line where it is gone. */
export function budgets(rows: readonly Budget[], { width, isNarrow }: Frame): TopLevelSpec {
  const values = rows.map((row, index) => ({
    index,
    name: visible(row.name),
    drawn: Math.min(row.consumed_ratio ?? 0, DRAWN_UP_TO),
    whole: DRAWN_UP_TO,
    fill: COLOUR[row.state] ?? GREY,
    text: `${row.state.replaceAll('_', ' ')}, ${usedText(row.consumed_ratio)}`,
  }));
  const y = { field: 'index', type: 'ordinal', axis: null };
  const x = {
    type: 'quantitative',
    scale: { domain: [0, DRAWN_UP_TO], nice: false },
    axis: {
      title: 'share of the error budget used',
      values: [0, 0.5, 1, 1.5, 2],
      format: '.0%',
      labelExpr: "datum.value === 2 ? '≥ 200 %' : format(datum.value * 100, '.0f') + ' %'",
      grid: false,
    },
  };
  const text = (field: string, options: object) => ({
    mark: { type: 'text', x: 0, align: 'left', dy: -17, ...options },
    encoding: { y, text: { field } },
  });
  return {
    width: width - (isNarrow ? 26 : 40),
    height: { step: isNarrow ? 68 : 54 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 14, yOffset: 8, fill: GRID },
        encoding: { y, x: { ...x, field: 'whole' } },
      },
      {
        mark: { type: 'bar', height: 14, yOffset: 8 },
        encoding: {
          y,
          x: { ...x, field: 'drawn' },
          color: { field: 'fill', type: 'nominal', scale: null },
        },
      },
      {
        mark: { type: 'tick', thickness: 3, size: 26, yOffset: 8, color: INK },
        encoding: { y, x: { ...x, datum: 1 } },
      },
      text('name', {
        dy: isNarrow ? -26 : -10,
        fill: INK,
        limit: width * (isNarrow ? 0.88 : 0.55),
      }),
      text(
        'text',
        isNarrow ? { dy: -9, fill: MUTED } : { x: 'width', align: 'right', dy: -10, fill: MUTED },
      ),
    ],
  } as TopLevelSpec;
}

function usedText(ratio: number | null): string {
  if (ratio === null) return 'no budget to state';
  const percent = ratio * 100;
  const digits = percent !== 0 && percent < 10 ? 1 : 0;
  return `${percent.toLocaleString('en-US', { maximumFractionDigits: digits })} % used`;
}
