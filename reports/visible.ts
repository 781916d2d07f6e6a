/**
 * What can change how a terminal, an editor or a page shows the text around it: control characters,
 * direction overrides, invisible characters that hide text, and halves of surrogate pairs.
 */
const UNSAFE =
  /[\p{Cc}\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with every character that acts instead of being seen written as an escape. */
export function visible(text: string, keep = ''): string {
  return replaceUnsafe(text, (character) =>
    keep.includes(character) ? character : (SHORT[character] ?? unicodeEscape(character)),
  );
}

/** Rewrites the characters that act, and only those. */
export function replaceUnsafe(text: string, rewrite: (character: string) => string): string {
  return text.replace(UNSAFE, rewrite);
}

/** The character as JSON and JavaScript escape it: one \uXXXX for each UTF-16 unit. */
export function unicodeEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** What somebody means who writes an id as it was shown: of what acts, each escape is the character. Not \n and its like: CONTOSO\nick. */
export function asMeant(typed: string): string {
  return typed.replace(/(?:\\u[0-9a-f]{4})+/g, (escapes) => {
    const character = JSON.parse(`"${escapes}"`) as string;
    return replaceUnsafe(character, () => '') === '' ? character : escapes;
  });
}

/** The text, or its beginning and how much of it is not shown. Never cuts in silence. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
  return `${kept}… (+${(text.length - kept.length).toLocaleString('en-US')} characters)`;
}
