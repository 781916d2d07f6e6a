import { shortened, visible } from '../visible.ts';

/** No single value may make the page unreadable. */
const LONGEST_VALUE = 4_000;

/** Text that is HTML already. Only `html` and `trusted` make it, so nothing else reaches a page raw. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | null | undefined | readonly Content[];

/** A template whose every value is escaped, unless it is Markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    parts
      .map((part, index) => part + (index < values.length ? render(values[index]) : ''))
      .join(''),
  );
}

/** Our own text that is HTML, such as a drawing. Never for a value from telemetry. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Text as it must stand in an element or a quoted attribute. */
export function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function render(content: Content): string {
  if (content === null || content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(render).join('');
  return escaped(shortened(String(content), LONGEST_VALUE));
}
