import type { TopLevelSpec } from 'vega-lite';
import { visible } from '../visible.ts';
import { textWidthPx } from './text-width-px.ts';
import { BLUE, type Frame, GREY } from './theme.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at the end of the bar: the figure as the data has it. */
  readonly text: string;
  /** Drawn in grey: what is left over, unmatched or unknown. */
  readonly isResidual?: boolean;
}

const ROW_PX = 26;
const TEXT_PX = 12;

/** Horizontal bars with their figures written out, in the order given. */
export function bars(rows: readonly Bar[], { width, isNarrow }: Frame): TopLevelSpec {
  const values = rows.map(({ label, value, text, isResidual }, index) => ({
    index,
    label: visible(label),
    value,
    text,
    fill: isResidual ? GREY : BLUE,
  }));
  const limit = isNarrow ? 116 : 200;
  const labelPx = Math.min(limit, widest(values.map(({ label }) => label)));
  return {
    width: width - labelPx - widest(values.map(({ text }) => text)) - 24,
    height: { step: ROW_PX },
    data: { values },
    encoding: {
      x: { field: 'value', type: 'quantitative', axis: null, scale: { nice: false } },
      y: { field: 'index', type: 'ordinal', axis: null },
    },
    layer: [
      {
        mark: { type: 'bar', height: 16 },
        encoding: { color: { field: 'fill', type: 'nominal', scale: null } },
      },
      { mark: { type: 'text', align: 'left', dx: 5 }, encoding: { text: { field: 'text' } } },
      {
        mark: { type: 'text', align: 'right', limit },
        encoding: { x: { value: -6 }, text: { field: 'label' } },
      },
    ],
  } as TopLevelSpec;
}

function widest(texts: readonly string[]): number {
  return Math.ceil(Math.max(0, ...texts.map((text) => textWidthPx(text, TEXT_PX))));
}
