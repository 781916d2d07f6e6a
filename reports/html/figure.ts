import type { TopLevelSpec } from 'vega-lite';
import { renderSvg } from '../charts/render.ts';
import { type Frame, FULL_PAGE, HALF_PAGE, PHONE } from '../charts/theme.ts';
import type { Listing } from '../listing.ts';
import { type Content, html, type Markup, trusted } from './markup.ts';
import { foldedTable, type TableOptions, table } from './table.ts';

export interface FigureOptions extends TableOptions {
  readonly title: string;
  /** One or two sentences: what it shows, and how to read it. */
  readonly note?: Content;
  readonly listing: Listing;
  /** Takes half of the page's width, beside another. */
  readonly isHalf?: boolean;
}

/** A chart with the table behind it; drawn once for a page and once for a phone. */
export async function chart(
  draw: (frame: Frame) => TopLevelSpec,
  options: FigureOptions,
): Promise<Markup> {
  if (options.listing.rows.length === 0) return tableFigure(options);
  const [wide, phone] = await Promise.all(
    [options.isHalf ? HALF_PAGE : FULL_PAGE, PHONE].map((frame) => renderSvg(draw(frame))),
  );
  const drawing = (size: string, svg = '') =>
    html`<div class="chart ${size}" role="img" aria-label="${options.title}; the table below has its figures">${trusted(svg)}</div>\n`;
  return html`<figure>${heading(options)}${drawing('wide', wide)}${drawing('phone', phone)}${foldedTable(options.listing, options)}</figure>\n`;
}

/** A table in the open, for an answer that no drawing would make clearer. */
export function tableFigure(options: FigureOptions): Markup {
  return html`<figure>${heading(options)}${table(options.listing, options)}</figure>\n`;
}

function heading({ title, note }: FigureOptions): Markup {
  return html`<figcaption><h3>${title}</h3>${note === undefined ? '' : html`<p>${note}</p>`}</figcaption>\n`;
}
