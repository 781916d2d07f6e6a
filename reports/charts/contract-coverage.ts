import type { TopLevelSpec } from 'vega-lite';
import { heatmap } from './heatmap.ts';
import type { Frame } from './theme.ts';

export interface FieldCoverage {
  readonly source: string;
  readonly field: string;
  /** Share of the source's records that have the field; null where there is none to have it. */
  readonly present_ratio: number | null;
  /** What is written where there is no share. */
  readonly absent?: string;
}

/**
 * Which of the twelve contract fields each source brings, in percent of its records. The long names
 * of sources stand on the left where there is room, and above the columns where there is not; there
 * only the first eight sources have room.
 */
export function contractCoverage(rows: readonly FieldCoverage[], frame: Frame): TopLevelSpec {
  const shown = frame.isNarrow ? [...new Set(rows.map(({ source }) => source))].slice(0, 8) : null;
  const drawn = rows.filter(({ source }) => shown?.includes(source) ?? true);
  return heatmap(
    drawn.map(({ source, field, present_ratio, absent = '·' }) => ({
      column: frame.isNarrow ? source : field,
      row: frame.isNarrow ? field : source,
      level: present_ratio ?? 0,
      text: present_ratio === null ? absent : percentText(present_ratio),
    })),
    frame,
  );
}

/** Whole percent, but 100 and 0 only where they are exact. */
function percentText(ratio: number): string {
  const percent = Math.round(ratio * 100);
  if (percent === 100 && ratio < 1) return '99';
  if (percent === 0 && ratio > 0) return '<1';
  return String(percent);
}
