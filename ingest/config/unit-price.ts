/** DECIMAL(38,12): what `prices.unit_price` holds, and each amount and sum of amounts. */
const SCALE = 12n;
/** For one token, call or month: beyond it sums of amounts would not fit any more. */
export const MOST = 10n ** 12n;

const MULTIPLIER: Readonly<Record<string, bigint>> = {
  '': 1n,
  K: 1_000n,
  M: 1_000_000n,
  B: 1_000_000_000n,
};

/** An exact number: `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** How much of what a price is for: '1M tokens' is 1,000,000 of 'token'. */
export interface Unit {
  readonly quantity: Decimal;
  readonly noun: 'token' | 'call' | 'month';
}

/** Reads a unit; the text keeps to the pattern of prices.schema.json. */
export function parseUnit(text: string): Unit {
  const match = /^([0-9.]+) ?([KMB]?) ?(token|call|month)s?$/.exec(text);
  const quantity = parseDecimal(match?.[1] ?? '0');
  return {
    quantity: { ...quantity, digits: quantity.digits * (MULTIPLIER[match?.[2] ?? ''] ?? 1n) },
    noun: match?.[3] as Unit['noun'],
  };
}

/** The price of one token, call or month with twelve decimals, or why there is none. */
export type UnitPrice = { readonly price: string } | { readonly wrong: 'inexact' | 'too large' };

/** The price of one, without rounding. */
export function unitPrice(price: string, { quantity }: Unit): UnitPrice {
  const { digits, exponent } = parseDecimal(price);
  const shift = BigInt(exponent - quantity.exponent) + SCALE;
  const dividend = shift >= 0n ? digits * 10n ** shift : digits;
  const divisor = shift >= 0n ? quantity.digits : quantity.digits * 10n ** -shift;
  if (divisor === 0n || dividend % divisor !== 0n) return { wrong: 'inexact' };
  const scaled = dividend / divisor;
  return scaled > MOST * 10n ** SCALE ? { wrong: 'too large' } : { price: decimalText(scaled) };
}

function parseDecimal(text: string): Decimal {
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function decimalText(scaled: bigint): string {
  const places = Number(SCALE);
  const text = scaled.toString().padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}
