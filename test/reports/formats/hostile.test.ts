import { describe, expect, test } from 'vitest';
import { FORMAT_NAMES, formatListing } from '../../../reports/formats/format.ts';
import { HOSTILE } from '../hostile.ts';

const columns = [{ name: 'tool_name', type: 'varchar' }];
const written = (format: string, tool_name: string) =>
  formatListing(format, { columns, rows: [{ tool_name }] });

/** Nothing may act on a terminal or reorder a line: no control, no override, nothing invisible. */
const ACTS =
  /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;

describe.each(Object.entries(HOSTILE))('%s', (_, text) => {
  test.each(FORMAT_NAMES)('is inert as %s', (format) => {
    const lines = written(format, text).split(/\r?\n/);
    const inert = format === 'csv' ? lines.map((line) => line.replaceAll(/[\t\r]/g, '')) : lines;

    expect(inert.filter((line) => ACTS.test(line))).toEqual([]);
  });

  test('comes back from json and ndjson as it went in', () => {
    const rows = (JSON.parse(written('json', text)) as { rows: unknown[] }).rows;

    expect(rows).toEqual([{ tool_name: text }]);
    expect(JSON.parse(written('ndjson', text))).toEqual({ tool_name: text });
  });
});

const csvCells = {
  'a formula gets an apostrophe': [
    HOSTILE.formula,
    `"'=HYPERLINK(""https://evil.example"",""pay"")"`,
  ],
  'a plus': [HOSTILE.plusFormula, "'+cmd|calc!A0"],
  'a minus that is no number': [HOSTILE.minusFormula, "'-2+3+cmd|calc!A0"],
  'an at': [HOSTILE.atFormula, "'@SUM(1+1)*cmd|calc!A0"],
  'a tab': [HOSTILE.tabFormula, "'\t=1+1"],
  'a carriage return': [HOSTILE.returnFormula, `"'\r=1+1"`],
  'a full-width equals sign': [HOSTILE.wideFormula, "'＝1+1"],
  'a negative number stays a number': ['-12.5', '-12.5'],
  'so does one with an exponent': ['-1e-7', '-1e-7'],
  'quotes are doubled': [HOSTILE.quote, '"say ""hi"", twice"'],
  'a line break stays inside its quotes': [HOSTILE.newline, '"one\ntwo\r\nthree"'],
  'an escape sequence is written out': [HOSTILE.c1, '\\u009b31mred'],
} as const;

test.each(Object.entries(csvCells))('csv: %s', (_, [text, cell]) => {
  expect(written('csv', text)).toBe(`tool_name\n${cell}\n`);
});

test('csv: a column name is neutralised like a value', () => {
  const text = formatListing('csv', { columns: [{ name: '=1+1', type: 'varchar' }], rows: [] });

  expect(text).toBe("'=1+1\n");
});

const markdownCells = {
  'HTML is text': [HOSTILE.script, '&lt;script&gt;alert(1)&lt;/script&gt;'],
  'a pipe does not end the cell': [HOSTILE.pipe, 'a\\|b\\\\\\|c'],
  'a line break does not end the row': [HOSTILE.newline, 'one\\\\ntwo\\\\r\\\\nthree'],
  'a link and an image are text': [
    HOSTILE.link,
    '\\[click\\](javascript:alert(1)) \\!\\[x\\](https&#58;//evil.example/p.png)',
  ],
  'code and emphasis are text': [HOSTILE.code, '\\`rm -rf\\` \\*bold\\* \\~gone\\~'],
} as const;

test.each(Object.entries(markdownCells))('md: %s', (_, [text, cell]) => {
  expect(written('md', text).split('\n')[2]).toBe(`| ${cell} |`);
});

test('table: a value too long for a line says how much of it is missing', () => {
  const line = written('table', HOSTILE.long).split('\n')[2] ?? '';

  expect(line).toBe(`${'n'.repeat(200)}… (+99,800 characters)`);
});

test('table: wide and combining characters keep the columns aligned', () => {
  const text = formatListing('table', {
    columns: [
      { name: 'name', type: 'varchar' },
      { name: 'x', type: 'varchar' },
    ],
    rows: [
      { name: '天気予報', x: '|' },
      { name: 'e\u0301te\u0301', x: '|' },
      { name: '👩‍👩‍👧 ok', x: '|' },
      { name: 'abcdefgh', x: '|' },
    ],
  });

  expect(text.split('\n').slice(2, 6)).toEqual([
    '天気予報  |',
    'e\u0301te\u0301       |',
    '👩‍👩‍👧 ok     |',
    'abcdefgh  |',
  ]);
});
