/** Advance widths of common sans fonts, in thousandths of the font size. */
const NARROW = /[iljI|!.,:;'`]/;
const SLIM = /[frt()[\]{}\-/\\ "*]/;
const BROAD = /[mwMW@%]/;
const CAPITAL = /[A-Z&#<>=+~_]/;

/** Some system fonts are broader than others. */
const SLACK = 1.14;

/** How wide a line of text is, near enough to place labels; the same on every machine. */
export function textWidthPx(text: string, fontSize: number, isBold = false): number {
  let thousandths = 0;
  for (const character of text) thousandths += advance(character);
  return (thousandths / 1000) * fontSize * (isBold ? 1.07 : 1) * SLACK;
}

function advance(character: string): number {
  if (NARROW.test(character)) return 260;
  if (SLIM.test(character)) return 350;
  if (BROAD.test(character)) return 870;
  if (CAPITAL.test(character)) return 670;
  return character > '\u2e80' ? 1000 : 560;
}
