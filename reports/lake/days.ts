const DAY_US = 86_400_000_000;
const DAY_MS = 86_400_000;

/** Rows without a time; readers of such folders take this value for NULL. */
export const NO_DAY = '__HIVE_DEFAULT_PARTITION__';

/** UTC days since 1970; null of rows without a time. */
export type DayNo = number | null;

/** '2026-11-21'. */
export function dayText(dayNo: DayNo): string {
  return dayNo === null ? NO_DAY : new Date(dayNo * DAY_MS).toISOString().slice(0, 10);
}

/** The day that an ISO time is in. */
export function dayNoOf(time: string): number {
  return Math.floor(Date.parse(time) / DAY_MS);
}

/** When a day starts, in microseconds since 1970. */
export function startOfDayUs(dayNo: number): number {
  return dayNo * DAY_US;
}
