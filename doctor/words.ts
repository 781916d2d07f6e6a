import { grouped } from '../core/grouped.ts';
/** 1,234 records; 1 record. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${Number(count) === 1 ? one : many}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${grouped(Math.ceil(bytes / 1e3))} KB`;
  return bytes < 1e9 ? `${grouped(Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** 45 s, 12 min, 3 h, 5 days. */
export function durationText(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 1) return `${Math.round(Math.abs(ms))} ms`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return counted(Math.round(seconds / 86_400), 'day');
}

/** To the minute, in UTC. */
export function timeText(time: string | Date): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A share that is never rounded to all or to none. */
export function percentText(part: number, whole: number): string {
  if (part === whole) return '100 %';
  if (part === 0) return '0 %';
  const percent = (part / whole) * 100;
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(percent < 10 || percent > 90 ? 1 : 0)} %`;
}

/** The first few, and how many there are beside them. */
export function listed(names: readonly string[], atMost = 6): string {
  const shown = names.slice(0, atMost).join(', ');
  return names.length <= atMost ? shown : `${shown} and ${names.length - atMost} more`;
}
