import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  fromDecimal,
  multiply,
  rational,
  subtract,
  toCount,
  toNumber,
} from '../../slo/rational.ts';

const decimals = {
  'a target': ['0.999', 999n, 1000n],
  'in lowest terms': ['0.9995', 1999n, 2000n],
  'trailing zeros change nothing': ['0.9990', 999n, 1000n],
  'a whole number': ['14', 14n, 1n],
  'a burn factor': ['14.4', 72n, 5n],
  'an exponent, as JavaScript writes small numbers': ['1e-7', 1n, 10_000_000n],
  'a positive exponent': ['1.5E3', 1500n, 1n],
  negative: ['-0.5', -1n, 2n],
} as const;

describe('fromDecimal', () => {
  test.each(Object.entries(decimals))('%s', (_, [text, num, den]) => {
    expect(fromDecimal(text)).toEqual({ num, den });
  });

  test.each(['', 'a', '1/2', '0x10', 'NaN', '.5'])('%o is no decimal', (text) => {
    expect(() => fromDecimal(text)).toThrow('is not a decimal number');
  });
});

test('what floats get wrong', () => {
  const allowed = subtract(rational(1n, 1n), fromDecimal('0.9995'));

  expect(1 - 0.9995).not.toBe(0.0005);
  expect(allowed).toEqual(fromDecimal('0.0005'));
  expect(add(fromDecimal('0.1'), fromDecimal('0.2'))).toEqual(fromDecimal('0.3'));
  expect(compare(multiply(fromDecimal('14.4'), fromDecimal('0.001')), fromDecimal('0.0144'))).toBe(
    0,
  );
});

test('comparison and division keep signs', () => {
  expect(compare(rational(-1n, 2n), rational(1n, 3n))).toBeLessThan(0);
  expect(compare(rational(1n, -2n), rational(-1n, 2n))).toBe(0);
  expect(divide(rational(1n, 2n), rational(-3n, 4n))).toEqual({ num: -2n, den: 3n });
  expect(() => rational(1n, 0n)).toThrow('denominator');
});

test('numbers for display', () => {
  expect(toNumber(rational(1n, 3n))).toBeCloseTo(1 / 3, 14);
  expect(toNumber(rational(-134n, 100n))).toBe(-1.34);
  expect(toNumber(rational(10n ** 30n, 10n ** 27n))).toBe(1000);
});

test('counts beyond 2^53 become text', () => {
  expect(toCount(9_007_199_254_740_991n)).toBe(9_007_199_254_740_991);
  expect(toCount(9_007_199_254_740_993n)).toBe('9007199254740993');
});
