/** An element of a page, with its attributes unescaped as little as an attacker would like. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const VOID = new Set(['meta', 'wbr', 'br', 'hr', 'img', 'input', 'link']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<>]*")?)*)\s*(\/?)>/y;
const ATTRIBUTE = /([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g;

/**
 * The elements of a page, in order. Stricter than a browser: every tag is closed in its turn, every
 * attribute quoted, and a `<` that starts no tag is an error.
 */
export function elementsOf(page: string): Element[] {
  const html = page.replace(/^<!DOCTYPE html>\s*/, '').replace(/<style>[^<]*<\/style>/, '');
  const elements: Element[] = [];
  const open: string[] = [];
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', TAG.lastIndex)) {
    TAG.lastIndex = at;
    const [whole, closing, name = '', attributes = '', alone] = TAG.exec(html) ?? [];
    if (whole === undefined) throw new Error(`no tag at: ${html.slice(at, at + 80)}`);
    if (closing) {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> where </${expected}> is due`);
      continue;
    }
    elements.push({ name, attributes: attributesOf(attributes) });
    if (!alone && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' > ')}`);
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}
