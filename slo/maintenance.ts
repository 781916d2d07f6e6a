import { createRequire } from 'node:module';
import type { SloDocument } from './documents.ts';
import { durationMs } from './duration.ts';
import { definitionInvalid, type Place } from './place.ts';
import { fromLocal, isZone, toLocal } from './zone.ts';

const require = createRequire(import.meta.url);
const rrule = (): typeof import('rrule') => require('rrule') as typeof import('rrule');

export interface MaintenanceSpec {
  readonly reason: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly declaredAt: string;
  readonly firstStart: string;
  readonly duration: string;
  readonly rrule?: string;
  readonly timeZone?: string;
  readonly appliesTo: readonly { slo?: string; service?: string; server_id?: string }[];
}

/** Planned downtime: what happens in it counts for nothing, on either side. */
export interface Maintenance {
  readonly name: string;
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly declaredAtMs: number;
  readonly firstStartMs: number;
  readonly lengthMs: number;
  /** RFC 5545; NULL for a single window. */
  readonly recurrence: string | null;
  /** Recurs at the same local time of this zone. */
  readonly zone: string;
  readonly appliesTo: MaintenanceSpec['appliesTo'];
  readonly place: Place;
}

/** One time that a maintenance takes place. */
export interface Occurrence {
  readonly fromMs: number;
  readonly toMs: number;
  /** Declared after it had begun. */
  readonly isRetroactive: boolean;
}

export interface MaintenanceOptions {
  /** Takes windows that were declared only once they had begun. */
  readonly allowRetroactive?: boolean;
}

/** More windows than this are a mistake in a rule, not a plan. */
const MOST_OCCURRENCES = 10_000;

export function readMaintenance(document: SloDocument<MaintenanceSpec>): Maintenance {
  const { spec, metadata, place } = document;
  const zone = spec.timeZone ?? 'UTC';
  if (!isZone(zone)) {
    throw definitionInvalid(
      place,
      ['spec', 'timeZone'],
      `'${zone}' is not a time zone of the IANA database.`,
      "Write a name such as 'Europe/Berlin' or 'UTC'.",
    );
  }
  const maintenance: Maintenance = {
    name: metadata.name,
    reason: spec.reason,
    owner: spec.owner ?? null,
    ticket: spec.ticket ?? null,
    declaredAtMs: instantOf(place, 'declaredAt', spec.declaredAt),
    firstStartMs: instantOf(place, 'firstStart', spec.firstStart),
    lengthMs: durationMs(spec.duration),
    recurrence: spec.rrule ?? null,
    zone,
    appliesTo: spec.appliesTo,
    place,
  };
  occurrencesOf(maintenance, maintenance.firstStartMs, maintenance.firstStartMs + 1);
  return maintenance;
}

function instantOf(place: Place, field: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw definitionInvalid(
    place,
    ['spec', field],
    `'${text}' is not a time.`,
    "Write an ISO time in UTC, such as '2026-11-21T10:00:00Z'.",
  );
}

/** The times at which it takes place and that touch `[fromMs, toMs)`, in order. */
export function occurrencesOf(
  maintenance: Maintenance,
  fromMs: number,
  toMs: number,
): Occurrence[] {
  return startsOf(maintenance, fromMs - maintenance.lengthMs, toMs)
    .map((startMs) => ({
      fromMs: startMs,
      toMs: startMs + maintenance.lengthMs,
      isRetroactive: maintenance.declaredAtMs > startMs,
    }))
    .filter((each) => each.fromMs < toMs && each.toMs > fromMs);
}

function startsOf(maintenance: Maintenance, fromMs: number, toMs: number): number[] {
  const { recurrence, firstStartMs, zone, place } = maintenance;
  if (recurrence === null) return [firstStartMs];
  // Recurs by the clock on the wall: the rule is followed in local time, without any zone.
  const localFirst = toLocal(firstStartMs, zone);
  const [localFrom, localTo] = [toLocal(fromMs, zone), toLocal(toMs, zone)];
  const found: number[] = [];
  try {
    const { RRule } = rrule();
    const rule = new RRule({ ...RRule.parseString(recurrence), dtstart: new Date(localFirst) });
    let seen = 0;
    rule.between(new Date(localFrom), new Date(localTo), true, (date) => {
      seen += 1;
      found.push(fromLocal(date.getTime(), zone));
      return seen <= MOST_OCCURRENCES;
    });
  } catch (error) {
    throw definitionInvalid(
      place,
      ['spec', 'rrule'],
      `'${recurrence}' is not a recurrence rule: ${error instanceof Error ? error.message : String(error)}.`,
      "Write a rule of RFC 5545, such as 'FREQ=WEEKLY;BYDAY=SU'.",
    );
  }
  if (found.length <= MOST_OCCURRENCES) return found;
  throw definitionInvalid(
    place,
    ['spec', 'rrule'],
    `'${recurrence}' recurs more than ${MOST_OCCURRENCES} times in one window.`,
    'Write one longer window, or a rule that recurs less often.',
  );
}

/** Spans that overlap or touch are one. */
export function united(spans: readonly Occurrence[]): { fromMs: number; toMs: number }[] {
  const sorted = [...spans].sort((a, b) => a.fromMs - b.fromMs);
  const whole: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = whole.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else whole.push({ fromMs, toMs });
  }
  return whole;
}
