import type { TopLevelSpec } from 'vega-lite';
import { visible } from '../visible.ts';
import { textWidthPx } from './text-width-px.ts';
import { type Frame, HEAT, INK, MUTED, ON_HEAT, PAPER } from './theme.ts';

export interface HeatCell {
  readonly column: string;
  readonly row: string;
  /** 0 to 1: how dark the cell is. */
  readonly level: number;
  /** What is written in the cell. */
  readonly text: string;
  /** A second signal, drawn as a heavy border. */
  readonly isMarked?: boolean;
}

const ROW_PX = 24;
const COLUMN_LABEL_PX = 230;

/** Rows stand as they come, columns as they are ordered. A grid of cells, each with its figure written in; the colour only guides the eye. */
export function heatmap(
  cells: readonly HeatCell[],
  { width, isNarrow }: Frame,
  columnOrder: readonly string[] = cells.map(({ column }) => column),
): TopLevelSpec {
  const columns = [...new Set(columnOrder.map((column) => visible(column)))];
  const rows = [...new Set(cells.map(({ row }) => visible(row)))];
  const rowLabelPx = isNarrow ? 134 : 280;
  const margin = Math.min(rowLabelPx, Math.max(0, ...rows.map((row) => textWidthPx(row, 12))));
  return {
    width: Math.floor(width - margin - (isNarrow ? 24 : 84)),
    height: { step: ROW_PX },
    encoding: { x: ordinal('x', columns.length), y: ordinal('y', rows.length) },
    layer: [
      ...squares(cells, columns, rows, isNarrow ? 10 : 12),
      {
        data: { values: rows.map((label, y) => ({ y, label })) },
        mark: { type: 'text', align: 'right', fill: MUTED, limit: rowLabelPx },
        encoding: { x: { value: -6 }, text: { field: 'label' } },
      },
      {
        data: { values: columns.map((label, x) => ({ x, label })) },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          fill: MUTED,
          angle: isNarrow ? 270 : 300,
          limit: COLUMN_LABEL_PX,
        },
        encoding: { y: { value: -8 }, text: { field: 'label' } },
      },
    ],
  } as TopLevelSpec;
}

function ordinal(field: string, count: number): object {
  return {
    field,
    type: 'ordinal',
    scale: { domain: Array.from({ length: count }, (_, index) => index), padding: 0 },
    axis: null,
  };
}

function squares(
  cells: readonly HeatCell[],
  columns: readonly string[],
  rows: readonly string[],
  fontSize: number,
): object[] {
  const values = cells.map(({ column, row, level, text, isMarked }) => ({
    x: columns.indexOf(visible(column)),
    y: rows.indexOf(visible(row)),
    text,
    fill: HEAT[stepOf(level)],
    ink: stepOf(level) >= 3 ? ON_HEAT : INK,
    stroke: isMarked ? INK : PAPER,
    strokeWidth: isMarked ? 2 : 1,
  }));
  const asIs = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });
  return [
    {
      data: { values },
      mark: { type: 'rect' },
      encoding: {
        color: asIs('fill'),
        stroke: asIs('stroke'),
        strokeWidth: { field: 'strokeWidth', type: 'quantitative', scale: null },
      },
    },
    {
      data: { values },
      mark: { type: 'text', fontSize, baseline: 'middle' },
      encoding: { text: { field: 'text' }, color: asIs('ink') },
    },
  ];
}

function stepOf(level: number): 0 | 1 | 2 | 3 | 4 {
  if (level <= 0) return 0;
  if (level >= 1) return 4;
  return level < 0.34 ? 1 : level < 0.67 ? 2 : 3;
}
