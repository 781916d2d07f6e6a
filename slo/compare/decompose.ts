import { add, multiply, type Rational, rational, subtract, toNumber, ZERO } from '../rational.ts';

/** The rows of one value of a dimension. */
export interface GroupCount {
  readonly value: string;
  readonly good: number | string;
  readonly bad: number | string;
}

/** What one value of a dimension adds to a difference. */
export interface ExactPart {
  readonly value: string;
  /** By a greater or smaller share of the rows. */
  readonly mix: Rational;
  /** By a better or worse level among its own rows. */
  readonly rate: Rational;
}

export interface Decomposition {
  readonly dimension: string;
  readonly mix: number;
  readonly rate: number;
  /** Those that add most first. */
  readonly parts: readonly {
    readonly value: string;
    readonly mix: number;
    readonly rate: number;
  }[];
}

const HALF = rational(1n, 2n);

/** Splits the difference of two levels into mix and rate of each group; it adds up exactly. */
export function exactParts(
  current: readonly GroupCount[],
  previous: readonly GroupCount[],
): ExactPart[] {
  const [now, before] = [sharesOf(current), sharesOf(previous)];
  const values = [...new Set([...now.keys(), ...before.keys()])];
  return values.map((value) => {
    const [one, other] = [now.get(value) ?? NOWHERE, before.get(value) ?? NOWHERE];
    // A group that is on one side only has no level on the other that could have changed.
    const [level, levelBefore] = [one.level ?? other.level, other.level ?? one.level];
    const [p1, p0] = [level ?? ZERO, levelBefore ?? ZERO];
    return {
      value,
      mix: multiply(multiply(subtract(one.share, other.share), add(p1, p0)), HALF),
      rate: multiply(multiply(subtract(p1, p0), add(one.share, other.share)), HALF),
    };
  });
}

/** As `exactParts`, for people: the parts that add most, and what all of them come to. */
export function decompose(
  dimension: string,
  current: readonly GroupCount[],
  previous: readonly GroupCount[],
): Decomposition {
  const parts = exactParts(current, previous);
  const total = (of: (part: ExactPart) => Rational) =>
    toSigned(parts.reduce((sum, part) => add(sum, of(part)), ZERO));
  const shown = parts.map(({ value, mix, rate }) => ({
    value,
    mix: toSigned(mix),
    rate: toSigned(rate),
  }));
  const weight = ({ mix, rate }: { mix: number; rate: number }) => Math.abs(mix + rate);
  return {
    dimension,
    mix: total(({ mix }) => mix),
    rate: total(({ rate }) => rate),
    parts: shown.sort((a, b) => weight(b) - weight(a) || (a.value < b.value ? -1 : 1)),
  };
}

interface Standing {
  readonly share: Rational;
  readonly level: Rational | null;
}

const NOWHERE: Standing = { share: ZERO, level: null };

function sharesOf(groups: readonly GroupCount[]): Map<string, Standing> {
  const sum = groups.reduce((all, each) => all + rowsOf(each), 0n);
  // A value may be called as the rest of the values is; what both have is added up.
  const byValue = Map.groupBy(groups, ({ value }) => value);
  return new Map(
    [...byValue].flatMap(([value, own]): [string, Standing][] => {
      const rows = own.reduce((all, each) => all + rowsOf(each), 0n);
      const good = own.reduce((all, each) => all + BigInt(each.good), 0n);
      if (rows === 0n) return [];
      return [[value, { share: rational(rows, sum), level: rational(good, rows) }]];
    }),
  );
}

function rowsOf({ good, bad }: GroupCount): bigint {
  return BigInt(good) + BigInt(bad);
}

function toSigned(value: Rational): number {
  return value.num < 0n ? -toNumber({ num: -value.num, den: value.den }) : toNumber(value);
}
