import type { TimeWindow } from '../core/window.ts';
import { type AheadRow, datedAheadText } from './dated-ahead.ts';
import { counted, grouped, named, percent, timeText } from './reading.ts';
import { type RemovedRow, removedText } from './removed-evidence.ts';
import { type ReportInput, rowsOf, summaryOf } from './report-input.ts';
import { blindLines } from './verdicts.ts';

/** What the numbers of a report rest on, in sentences. */
export interface Basis {
  /** Reasons to read the numbers with care; empty: none is known. */
  readonly doubts: readonly string[];
  readonly facts: readonly (readonly [name: string, fact: string])[];
}

interface LossRow {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly excluded: number;
  readonly unaccounted: number;
  readonly truncated: number;
}

export interface SourceRow {
  readonly source_table: string;
  readonly records: number;
}

interface HourRow {
  readonly source: string;
  readonly silent_hours_before: number | null;
}

/** States what the numbers rest on: reach, sources, losses, matching, sampling, missing fields. */
export function basisOf(input: ReportInput): Basis {
  const summary = summaryOf(input);
  const losses = totals(rowsOf<LossRow>(input, 'sre/loss_accounting'));
  const verdictWindows = verdictWindowsText(input);
  return {
    doubts: [...blindLines(input.judgements), ...doubtsOf(input, losses)],
    facts: [
      [
        'Window (UTC)',
        `${timeText(input.window.from)} to ${timeText(input.window.to)}, end excluded`,
      ],
      ...(verdictWindows === undefined ? [] : ([['Verdicts', verdictWindows]] as const)),
      [
        'Data complete to',
        summary.complete_to_at === null
          ? 'not known: gateway and servers were not both heard'
          : timeText(summary.complete_to_at),
      ],
      [
        'Tool calls',
        `${counted(summary.calls, 'call')}, ${counted(summary.rows, 'row')} of evidence`,
      ],
      ['Records received', lossText(losses)],
      [
        'How calls were matched',
        `${percent(summary.matched_ratio)} seen by gateway and server; ${grouped(summary.gateway_only_calls)} by the gateway alone, ${grouped(summary.server_only_calls)} by the server alone`,
      ],
      ['Sampled', sampledText(input)],
      [
        'Missing contract fields',
        `${grouped(summary.incomplete_calls)} of ${counted(summary.rows, 'call')} lack at least one of the twelve${summary.incomplete_calls === 0 ? '' : '; see “Holes, and what fills them”'}`,
      ],
      ['Sources, with their records in the window', sourcesText(input)],
    ],
  };
}

function* doubtsOf(input: ReportInput, losses: LossRow): Generator<string> {
  const { rows, sampled_calls, complete_to_at } = summaryOf(input);
  if (rows === 0) yield 'No tool call was seen in the window.';
  if (losses.unaccounted !== 0) {
    yield `${counted(losses.unaccounted, 'record')} received and not accounted for: please report this.`;
  }
  if (rows > 0 && complete_to_at === null) {
    yield 'Only one of gateway and servers was heard, so no call could be checked against the other.';
  }
  if (losses.rejected > 0)
    yield `${counted(losses.rejected, 'record')} could not be used as evidence.`;
  const ahead = datedAheadText(rowsOf<AheadRow>(input, 'sre/records_dated_ahead'), 'this report');
  if (ahead !== undefined) {
    yield `${ahead}: not in this window, although they may be of it, so that no zero is proven (sre/records_dated_ahead).`;
  }
  const removed = removedText(rowsOf<RemovedRow>(input, 'sre/removed_evidence'));
  if (removed !== undefined) yield `${removed}.`;
  const unreadable = sumOf(input, 'sre/unreadable_by_source', 'unreadable');
  if (unreadable > 0)
    yield `${counted(unreadable, 'value')} of stored records could not be read and left out: coverage --of unreadable.`;
  if (losses.truncated > 0)
    yield `${counted(losses.truncated, 'record')} came in cut by the sender.`;
  if (sampled_calls > 0) {
    yield `${counted(sampled_calls, 'call')} rest on sampled evidence: counts are estimates, and no zero is proven.`;
  }
  yield* silencesOf(rowsOf<HourRow>(input, 'sre/hours_by_source'));
}

/** At least this many hours, and three times the next longest silence: quiet nights are no gap. */
const LONG_SILENCE_HOURS = 6;

function* silencesOf(rows: readonly HourRow[]): Generator<string> {
  for (const [source, hours] of Map.groupBy(rows, ({ source }) => source)) {
    const silences = hours.map((hour) => hour.silent_hours_before ?? 0).sort((a, b) => b - a);
    const [longest = 0, next = 0] = silences;
    if (longest >= LONG_SILENCE_HOURS && longest > 3 * next) {
      yield `${named(source)} was silent for ${grouped(longest)} hours on end.`;
    }
  }
}

/** A call that the gateway's own log holds is itself, however its other evidence was sampled. */
function sampledText(input: ReportInput): string {
  const { sampled_calls: calls } = summaryOf(input);
  const records = sumOf(input, 'sre/sampling_by_source', 'sampled_records');
  const ofCalls = calls === 0 ? 'no call' : `${counted(calls, 'call')} standing for more than one`;
  return records === 0
    ? ofCalls
    : `${ofCalls}; ${counted(records, 'record')} standing for more than one`;
}

function sumOf(input: ReportInput, query: string, column: string): number {
  return rowsOf(input, query).reduce((sum, row) => sum + Number(row[column]), 0);
}

/** Objectives say over which time they hold; it is not the window of the rest, unless by chance. */
function verdictWindowsText({ judgements, window }: ReportInput): string | undefined {
  const spanOf = ({ from, to }: TimeWindow) => `${Date.parse(from)} ${Date.parse(to)}`;
  const others = judgements.filter((each) => spanOf(each.window) !== spanOf(window));
  if (others.length === 0) return undefined;
  const windows = [...new Set(others.map(({ windowText }) => windowText))].sort();
  return `each over the window of its own objective or control (${windows.join(', ')}), not over the window of this page`;
}

function sourcesText(input: ReportInput): string {
  const records = new Map<string, number>();
  for (const row of rowsOf<SourceRow>(input, 'sre/coverage_by_source')) {
    records.set(row.source_table, (records.get(row.source_table) ?? 0) + row.records);
  }
  if (records.size === 0) return 'none';
  return [...records].map(([name, count]) => `${named(name)} ${grouped(count)}`).join(' · ');
}

function lossText({ received, stored, duplicate, rejected, excluded }: LossRow): string {
  const parts = [
    `${grouped(stored)} stored`,
    `${grouped(duplicate)} duplicate`,
    `${grouped(rejected)} rejected`,
    `${grouped(excluded)} excluded`,
  ];
  return `${grouped(received)} = ${parts.join(' + ')}`;
}

function totals(rows: readonly LossRow[]): LossRow {
  const total = (name: keyof LossRow) => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    received: total('received'),
    stored: total('stored'),
    duplicate: total('duplicate'),
    rejected: total('rejected'),
    excluded: total('excluded'),
    unaccounted: total('unaccounted'),
    truncated: total('truncated'),
  };
}
