/** 100 nanoseconds since 1970, the unit of Kusto's times: a Date would drop four digits. */
export type Ticks = bigint;

const PER_MS = 10_000n;
const PER_SECOND = 10_000_000n;

export function ticksOfMs(ms: number): Ticks {
  return BigInt(Math.round(ms)) * PER_MS;
}

/** Reads an ISO-8601 time in UTC with up to seven digits of a fraction. */
export function ticksOf(text: string): Ticks {
  const [, whole = '', fraction = ''] = /^(.+?\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z?$/.exec(text) ?? [];
  const ms = Date.parse(`${whole}Z`);
  if (Number.isNaN(ms)) throw new Error(`'${text}' is no time in UTC`);
  return BigInt(ms) * PER_MS + BigInt(fraction.padEnd(7, '0'));
}

export function isoOfTicks(ticks: Ticks): string {
  const fraction = ((ticks % PER_SECOND) + PER_SECOND) % PER_SECOND;
  const whole = new Date(Number((ticks - fraction) / PER_MS)).toISOString().slice(0, 19);
  return `${whole}.${fraction.toString().padStart(7, '0')}Z`;
}

export function dateOfTicks(ticks: Ticks): Date {
  return new Date(Number(ticks / PER_MS));
}
