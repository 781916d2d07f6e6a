/**
 * Local time in a zone of the IANA database. A local time is held as the milliseconds that it would
 * be if it were UTC, so that days can be added to it without a thought for clock changes.
 */

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Whether that is a time zone of the IANA database; an offset such as '+01:00' is none. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in the zone show at an instant. */
export function toLocal(instantMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instantMs)) {
    if (type !== 'literal' && type !== 'era') parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + mod(instantMs, 1000);
}

/**
 * The instant at which clocks in the zone show a local time: the first where they show it twice; as
 * long after the clock change as it would be without one, where they never do.
 */
export function fromLocal(localMs: number, zone: string): number {
  const before = offset(localMs - DAY_MS, zone);
  const early = localMs - before;
  if (offset(early, zone) === before) return early;
  const after = offset(localMs + DAY_MS, zone);
  const late = localMs - after;
  return offset(late, zone) === after ? late : early;
}

const DAY_MS = 86_400_000;

function offset(instantMs: number, zone: string): number {
  return toLocal(instantMs, zone) - instantMs;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  FORMATS.set(zone, format);
  return format;
}
