/** An exact fraction in lowest terms; `den` is positive. Verdicts compare these, never floats. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export const ZERO: Rational = { num: 0n, den: 1n };
export const ONE: Rational = { num: 1n, den: 1n };

export function rational(num: bigint, den: bigint): Rational {
  if (den === 0n) throw new RangeError('a fraction needs a denominator other than zero');
  const sign = den < 0n ? -1n : 1n;
  const factor = sign * (greatestCommonDivisor(num, den) || 1n);
  return { num: num / factor, den: den / factor };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** Reads decimal text exactly: '0.9995' is 1999/2000, '1e-3' is 1/1000. */
export function fromDecimal(text: string): Rational {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) throw new RangeError(`'${text}' is not a decimal number`);
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const shift = Number(exponent) - fraction.length;
  return shift >= 0
    ? rational(digits * 10n ** BigInt(shift), 1n)
    : rational(digits, 10n ** BigInt(-shift));
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.num * b.num, a.den * b.den);
}

export function divide(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den, a.den * b.num);
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : Number(difference > 0n);
}

const DISPLAY_SCALE = 10n ** 15n;

/** For display only. */
export function toNumber({ num, den }: Rational): number {
  const whole = num / den;
  const rest = ((num % den) * DISPLAY_SCALE) / den;
  return Number(whole) + Number(rest) / Number(DISPLAY_SCALE);
}

/** A count as JSON can hold it: a number, or decimal text beyond 2^53. */
export function toCount(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
