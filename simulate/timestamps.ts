/** Times are whole microseconds since 1970: exact in a double, and finer than telemetry needs. */
export type Micros = number;

const MICROS_PER_SECOND = 1_000_000;

let lastSecond = -1;
let lastPrefix = '';

function secondPrefix(second: number): string {
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return lastPrefix;
}

/** Seven fraction digits, as Azure writes them: 2026-11-21T06:31:31.4465902Z */
export function isoTicks(at: Micros): string {
  const second = Math.floor(at / MICROS_PER_SECOND);
  const fraction = at - second * MICROS_PER_SECOND;
  return `${secondPrefix(second)}.${String(fraction).padStart(6, '0')}${at % 10}Z`;
}

/** Six fraction digits: what is kept of `isoTicks`. */
export function isoMicros(at: Micros): string {
  return `${isoTicks(at).slice(0, 26)}Z`;
}

/** What the portal's CSV export writes: 11/21/2026, 6:31:31.446 AM */
export function portalTime(at: Micros): string {
  const [date = '', time = ''] = isoTicks(at).split('T');
  const [year, month, day] = date.split('-').map(Number);
  const hour = Number(time.slice(0, 2));
  const half = hour < 12 ? 'AM' : 'PM';
  return `${month}/${day}/${year}, ${hour % 12 === 0 ? 12 : hour % 12}${time.slice(2, 12)} ${half}`;
}

/** Nanoseconds as text, as OTLP/JSON writes them. */
export function unixNanos(at: Micros): string {
  return `${at}000`;
}

export function microsOf(date: Date): Micros {
  return date.getTime() * 1000;
}

/** Milliseconds, rounded to the microsecond. */
export function microsFromMs(ms: number): Micros {
  return Math.round(ms * 1000);
}
