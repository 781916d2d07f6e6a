import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { asMeant, visible } from '../../reports/visible.ts';

const LETTERS = ['a', 'é', '漢', '-', '\u202e', '\u200b', '\u0000', '\u{e0041}', '\u001b'];

test('what was shown and is typed again is what it was', () => {
  assert(
    property(array(constantFrom(...LETTERS)), (letters) => {
      const text = letters.join('');
      expect(asMeant(visible(text))).toBe(text);
    }),
  );
});

test.each(['CONTOSO\\nancy', 'C:\\temp\\u0041', '\\u00e9', '\\u20', 'plain', '\\\\server\\share'])(
  '%s is meant as it is typed',
  (typed) => {
    expect(asMeant(typed)).toBe(typed);
  },
);
