import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kqlLiteral, kqlTime } from '../../queries/kql-literals.ts';
import { bind, literalText } from './bind.ts';

const NOW = new Date('2026-11-21T00:30:00Z');

test('any text is one literal, which means that text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const literal = kqlLiteral('string', text);

      expect(literal).toMatch(/^'[ -~]*'$/);
      expect(literalText(literal)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('any texts are one list of as many', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }),
      (texts) => {
        const { problems, columns } = bind(`print ${kqlLiteral('string[]', texts)}`);

        expect(problems).toEqual([]);
        expect(columns.map(({ type }) => type)).toEqual(['dynamic']);
      },
    ),
    { numRuns: 50 },
  );
});

const literals = {
  'no texts': ['string[]', [], 'dynamic([])', 'dynamic'],
  texts: ['string[]', ['a', "b'"], "pack_array('a', 'b\\u0027')", 'dynamic'],
  'a line break': ['string', 'a\nb', "'a\\u000ab'", 'string'],
  'a letter beyond the first plane': ['string', '😀', "'\\ud83d\\ude00'", 'string'],
  'a number below zero': ['long', -5, 'long(-5)', 'long'],
  'a small number': ['real', 1e-7, 'real(1e-7)', 'real'],
  'a truth': ['bool', false, 'false', 'bool'],
} as const;

test.each(Object.entries(literals))('%s', (_, [type, value, literal, given]) => {
  expect(kqlLiteral(type, value)).toBe(literal);
  expect(bind(`print x = ${literal}`)).toEqual({
    problems: [],
    columns: [{ name: 'x', type: given }],
  });
});

const times = {
  now: 'now()',
  'now-24h': 'ago(24h)',
  'now-1.5d': 'ago(1.5d)',
  'now-2w': 'ago(14d)',
  '2026-11-21': 'datetime(2026-11-21T00:00:00.0000000Z)',
  '2026-11-21T10:00:00.1234567+02:00': 'datetime(2026-11-21T08:00:00.1234567Z)',
  '2026-11-21 10:00:00.5': 'datetime(2026-11-21T10:00:00.5000000Z)',
} as const;

test.each(Object.entries(times))('%s is %s', (text, literal) => {
  expect(kqlTime(text, NOW)).toBe(literal);
  expect(bind(`print x = ${literal}`)).toEqual({
    problems: [],
    columns: [{ name: 'x', type: 'datetime' }],
  });
});

test.each(['now-24h) | take 1 //', 'ago(1d)', '2026-11-21)', 'now-24'])('%s is no time', (text) => {
  expect(() => kqlTime(text, NOW)).toThrow();
});
