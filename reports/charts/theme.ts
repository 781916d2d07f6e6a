import type { Config } from 'vega-lite';

/** A chart is drawn once for each: scaling one drawing down would make its text unreadable. */
export interface Frame {
  readonly width: number;
  readonly isNarrow: boolean;
}

export const HALF_PAGE: Frame = { width: 540, isNarrow: false };
export const FULL_PAGE: Frame = { width: 1080, isNarrow: false };
export const PHONE: Frame = { width: 348, isNarrow: true };

export const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif';

/**
 * Colours are variables of the page, so that one drawing serves light and dark; what follows the
 * comma is used where the drawing stands alone. The hues are those of Okabe and Ito.
 */
export const INK = 'var(--ink, #1c2430)';
export const MUTED = 'var(--muted, #5b6675)';
export const GRID = 'var(--grid, #e3e7ed)';
export const PAPER = 'var(--paper, #ffffff)';
export const BLUE = 'var(--blue, #0b6bb3)';
export const SKY = 'var(--sky, #3f9ad6)';
export const GREEN = 'var(--green, #0a8a68)';
export const ORANGE = 'var(--orange, #c2740a)';
export const RED = 'var(--red, #c8451b)';
export const PURPLE = 'var(--purple, #9a4f86)';
export const GREY = 'var(--grey, #8a94a3)';

/** From little to much; used with the number in each cell, never alone. */
export const HEAT = [
  'var(--heat0, #f4f6f9)',
  'var(--heat1, #d3e5f4)',
  'var(--heat2, #9cc7e8)',
  'var(--heat3, #4f9bd3)',
  'var(--heat4, #0b6bb3)',
] as const;

/** Text on the darker two of HEAT. */
export const ON_HEAT = 'var(--on-heat, #ffffff)';

export const THEME: Config = {
  // The figure around the drawing is what assistive technology reads, with the table behind it.
  aria: false,
  background: undefined as never,
  font: FONT,
  padding: 2,
  view: { stroke: 'transparent' },
  axis: {
    labelColor: MUTED,
    titleColor: MUTED,
    titleFontWeight: 'normal',
    titleFontSize: 12,
    labelFontSize: 12,
    gridColor: GRID,
    domainColor: GREY,
    tickColor: GREY,
    labelLimit: 220,
  },
  header: { labelColor: INK, titleColor: MUTED, labelFontSize: 12, labelFontWeight: 'normal' },
  legend: { labelColor: INK, titleColor: MUTED, labelFontSize: 12, titleFontWeight: 'normal' },
  text: { fontSize: 12, fill: INK },
};
