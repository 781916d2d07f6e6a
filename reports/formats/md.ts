import { isNumeric, type Listing, valueIn } from '../listing.ts';
import { visible } from '../visible.ts';
import { exactText } from './cell.ts';

/** A GitHub-flavoured Markdown table. */
export function formatMarkdown({ title, columns, rows }: Listing): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const heading = title === undefined ? '' : `## ${markdownText(title)}\n\n`;
  if (rows.length === 0 || columns.length === 0) return `${heading}No rows.\n`;
  return [
    heading,
    line(columns.map(({ name }) => markdownText(name))),
    line(columns.map((column) => (isNumeric(column) ? '---:' : '---'))),
    ...rows.map((row) =>
      line(columns.map((column) => markdownText(exactText(valueIn(row, column))))),
    ),
  ].join('');
}

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text that Markdown shows as it is: no cell breaks, no HTML, no links, no images, no code. */
export function markdownText(text: string): string {
  return visible(text)
    .replaceAll(/[\\`*[\]|~!]/g, (character) => `\\${character}`)
    .replaceAll(/[&<>]/g, (character) => ENTITY[character] ?? character)
    .replaceAll(/(https?|ftp):\/\//gi, '$1&#58;//')
    .replaceAll(/www\./gi, (match) => `${match.slice(0, 3)}&#46;`);
}
