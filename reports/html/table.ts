import { type Column, isNumeric, type Listing, valueIn } from '../listing.ts';
import { grouped } from '../reading.ts';
import { cell, isTime } from './cell.ts';
import { type Content, html, type Markup } from './markup.ts';

/** A page is for reading; a longer answer says how to get all of it. */
const MOST_ROWS = 200;

/** Behind a chart, a longer table would fill sheets that nobody reads. */
const MOST_ROWS_ON_PAPER = 20;

export interface TableOptions {
  readonly caption: string;
  /** The query that gives every row. */
  readonly query?: string;
  /** Only these columns, in this order; the others are in the query. */
  readonly columns?: readonly string[];
}

/** A listing as a table that scrolls inside its own container. */
export function table(listing: Listing, options: TableOptions): Markup {
  const columns = chosen(listing.columns, options.columns);
  const { rows } = listing;
  const shown = rows.slice(0, MOST_ROWS);
  return html`<div class="scroll" role="region" aria-label="${options.caption}" tabindex="0">
<table><caption>${options.caption}${extent(rows.length, shown.length, options.query)}</caption>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody>${shown.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td${classOf(column)}>${cell(column, valueIn(row, column))}</td>`)}</tr>\n`,
  )}</tbody></table></div>\n`;
}

/** The table behind a chart: closed until it is asked for, open on paper unless long. */
export function foldedTable(listing: Listing, options: TableOptions): Markup {
  const count = listing.rows.length === 1 ? '1 row' : `${grouped(listing.rows.length)} rows`;
  const isLong = listing.rows.length > MOST_ROWS_ON_PAPER;
  const onPaper = isLong ? html`<span class="on-paper">, in the HTML file</span>` : '';
  return html`<details${isLong ? html` class="too-long"` : ''}><summary>${options.caption}: table, ${count}${onPaper}</summary>${table(listing, options)}</details>\n`;
}

function chosen(all: readonly Column[], names: readonly string[] | undefined): readonly Column[] {
  if (!names) return all;
  return names.flatMap((name) => all.find((column) => column.name === name) ?? []);
}

function extent(total: number, shown: number, query: string | undefined): Content {
  if (total === 0) return html` <span class="note">No rows.</span>`;
  if (total === shown) return null;
  const more = query ? html`; all of them: <code>mcp-witness query ${query}</code>` : '';
  return html` <span class="note">The first ${grouped(shown)} of ${grouped(total)} rows${more}</span>`;
}

function heading(column: Column): Markup {
  const { name, unit } = column;
  const title = column.meaning ? html` title="${column.meaning}"` : '';
  const isWritten = unit !== undefined && !PLAIN_UNITS.has(unit) && !name.includes(unit);
  return html`<th scope="col"${classOf(column)}${title}>${label(name)}${isWritten ? html` <small>${unit}</small>` : ''}</th>`;
}

/** Units that are plain from the column's name or its values. */
const PLAIN_UNITS: ReadonlySet<string> = new Set(['-', 'ratio', 'UTC', 'calls', 'records', 'rows']);

/** 'p95_ms' as 'p95', because the unit is written beside it; 'bypass_ratio' as 'bypass share'. */
export function label(name: string): string {
  return name
    .replace(/_ms$/, '')
    .replace(/_ratio$/, ' share')
    .replaceAll('_', ' ');
}

function classOf(column: Column): Content {
  if (isNumeric(column)) return html` class="number"`;
  return isTime(column) ? html` class="time"` : null;
}
