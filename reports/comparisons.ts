import type { Row } from '../store/values.ts';
import type { Column, Listing } from './listing.ts';
import { grouped } from './reading.ts';
import { shortened, visible } from './visible.ts';

/** What a report needs of a comparison; slo/compare gives it. */
export interface Compared {
  readonly comparison: {
    readonly slo: string;
    readonly displayName: string;
    readonly subject: string | null;
    readonly change: 'improved' | 'regressed' | 'unchanged' | 'not_comparable';
    readonly reason: string;
    readonly why: string | null;
    readonly type: 'ratio' | 'latency';
    readonly confidence: string;
    readonly current: Side;
    readonly previous: Side;
    readonly difference: {
      readonly difference: number;
      readonly low: number;
      readonly high: number;
    } | null;
    readonly decomposition: {
      readonly dimension: string;
      readonly mix: number;
      readonly rate: number;
      readonly parts: readonly {
        readonly value: string;
        readonly mix: number;
        readonly rate: number;
      }[];
    } | null;
    readonly unversioned: {
      readonly good: number | string;
      readonly bad: number | string;
      readonly mayBeWorse: boolean;
    } | null;
    readonly wholePeriodBefore: Side | null;
  };
  readonly gates: readonly {
    readonly gate: string;
    readonly state: 'pass' | 'fail' | 'inconclusive';
    readonly value: number | null;
    readonly limit: number | null;
    readonly why: string | null;
  }[];
}

interface Side {
  readonly name: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly good: number | string;
  readonly measured: number | string;
  readonly goodRatio: number | null;
  readonly value: number | null;
  readonly state: string;
}

const text = (name: string): Column => ({ name, type: 'varchar' });
const count = (name: string): Column => ({ name, type: 'bigint' });
const ratio = (name: string): Column => ({ name, type: 'double', unit: 'ratio' });
const number = (name: string): Column => ({ name, type: 'double' });

const COLUMNS: readonly Column[] = [
  text('change'),
  text('objective'),
  text('server_id'),
  text('compared'),
  ratio('good_before'),
  ratio('good_now'),
  ratio('difference'),
  ratio('difference_low'),
  ratio('difference_high'),
  text('gate'),
  text('gate_basis'),
  text('reason'),
  text('slo'),
  number('value_before'),
  number('value_now'),
  text('state_before'),
  text('state_now'),
  count('measured_before'),
  count('measured_now'),
  text('confidence'),
  text('why_not'),
  ratio('mix'),
  ratio('rate'),
  text('window_before_from'),
  text('window_before_to'),
  text('window_from'),
  text('window_to'),
  ratio('good_whole_before'),
  number('value_whole_before'),
  text('window_whole_before_from'),
  text('window_whole_before_to'),
  count('unversioned_good'),
  count('unversioned_bad'),
];

const BRIEF = [
  'change',
  'objective',
  'server_id',
  'compared',
  'good_before',
  'good_now',
  'difference',
  'gate',
] as const;

/** Comparisons as a listing: one row each. */
export function comparisonListing(compared: readonly Compared[]): Listing {
  const named = compared.some(({ comparison }) => comparison.subject !== null);
  const brief = BRIEF.filter((name) => named || name !== 'server_id');
  return { columns: COLUMNS, rows: compared.map(rowOf), brief };
}

function rowOf({ comparison, gates }: Compared): Row {
  const { current, previous, difference } = comparison;
  return {
    change: comparison.change,
    objective: comparison.displayName,
    server_id: comparison.subject,
    compared: `${current.name} with ${previous.name}`,
    good_before: previous.goodRatio,
    good_now: current.goodRatio,
    difference: difference?.difference ?? null,
    difference_low: difference?.low ?? null,
    difference_high: difference?.high ?? null,
    gate:
      gates.length === 0 ? null : gates.map(({ gate, state }) => `${state}: ${gate}`).join('; '),
    gate_basis: gates.length === 0 ? null : gates.map(basisOfGate).join('; '),
    reason: comparison.reason === '' ? null : comparison.reason,
    slo: comparison.slo,
    value_before: previous.value,
    value_now: current.value,
    state_before: previous.state,
    state_now: current.state,
    measured_before: previous.measured,
    measured_now: current.measured,
    confidence: comparison.confidence,
    why_not: comparison.why,
    mix: comparison.decomposition?.mix ?? null,
    rate: comparison.decomposition?.rate ?? null,
    window_before_from: previous.window.from,
    window_before_to: previous.window.to,
    window_from: current.window.from,
    window_to: current.window.to,
    good_whole_before: comparison.wholePeriodBefore?.goodRatio ?? null,
    value_whole_before: comparison.wholePeriodBefore?.value ?? null,
    window_whole_before_from: comparison.wholePeriodBefore?.window.from ?? null,
    window_whole_before_to: comparison.wholePeriodBefore?.window.to ?? null,
    unversioned_good: comparison.unversioned?.good ?? null,
    unversioned_bad: comparison.unversioned?.bad ?? null,
  };
}

/** What the differences mean, and what each gate was held against, in words for a terminal. */
export function comparisonText(compared: readonly Compared[]): string {
  return compared
    .map(
      (each) =>
        `${linesOf(each)
          .map((line) => visible(line))
          .join('\n')}\n`,
    )
    .join('');
}

function linesOf({ comparison, gates }: Compared): string[] {
  const { displayName, subject, change, reason, difference, type, current, previous } = comparison;
  const what = subject === null ? displayName : `${displayName} at ${subject}`;
  const points = (ratio: number) => `${(ratio * 100).toFixed(4)} points`;
  const lines = [
    difference === null
      ? `${what}: not comparable. ${reason}`
      : `${what}: ${change}, ${points(difference.difference)}, between ${points(difference.low)} and ${points(difference.high)} (${comparison.confidence})`,
  ];
  if (type === 'latency' && current.value !== null && previous.value !== null) {
    lines.push(
      `  ${grouped(previous.value, 0, 0)} ms before, ${grouped(current.value, 0, 0)} ms now`,
    );
  }
  return [
    ...lines,
    ...wholeLines(comparison),
    ...unversionedLines(comparison.unversioned),
    ...mixLines(comparison.decomposition),
    ...gates.map((gate) => `  ${gateText(gate)}`),
  ];
}

/** Of a calendar: as much of the period before as has gone of this one, and how that ended. */
function wholeLines({
  wholePeriodBefore: whole,
  previous,
}: Pick<Compared['comparison'], 'wholePeriodBefore' | 'previous'>): string[] {
  if (whole === null) return [];
  const { goodRatio, window, state } = whole;
  const level = goodRatio === null ? 'nothing measured' : `${(goodRatio * 100).toFixed(4)} % good`;
  return [
    `  held against as much of the period before: from ${previous.window.from} to ${previous.window.to}`,
    `  the whole period before, from ${window.from} to ${window.to}: ${level}, ${state}`,
  ];
}

/** A call that no server answered has no version: a version that crashes would not show. */
function unversionedLines(unversioned: Compared['comparison']['unversioned']): string[] {
  if (unversioned === null) return [];
  const [good, bad] = [BigInt(unversioned.good), BigInt(unversioned.bad)];
  if (good + bad === 0n) return [];
  const worse = unversioned.mayBeWorse ? '; were they of the newer one, it would be worse' : '';
  return [`  ${good + bad} rows of the server name no version, ${bad} of them bad${worse}`];
}

/** How many values of a dimension are named; the others are counted. */
const MOST_PARTS = 5;
const LONGEST_VALUE = 100;

function mixLines(decomposition: Compared['comparison']['decomposition']): string[] {
  if (decomposition === null) return [];
  const points = (ratio: number) => (ratio * 100).toFixed(4);
  const { dimension, mix, rate, parts } = decomposition;
  const named = parts.slice(0, MOST_PARTS);
  return [
    `  ${points(mix)} of it by another mix of ${dimension}, ${points(rate)} by how each of them went`,
    ...named.map(
      (part) =>
        `    ${shortened(part.value, LONGEST_VALUE)}: ${points(part.mix)} mix, ${points(part.rate)} rate`,
    ),
    ...(parts.length > named.length ? [`    and ${parts.length - named.length} more`] : []),
  ];
}

function gateText({ gate, state, value, limit, why }: Compared['gates'][number]): string {
  const mark = { pass: '✓', fail: '✗', inconclusive: '?' }[state];
  const numbers =
    value === null || limit === null
      ? []
      : [`${grouped(value, 0, 4)} against ${grouped(limit, 0, 4)}`];
  const basis = [...numbers, ...(why === null ? [] : [why])].join(', ');
  return `${mark} ${gate} ${state}${basis === '' ? '' : `: ${basis}`}`;
}

/** What a gate was held against, with all digits. */
function basisOfGate({ value, limit, why }: Compared['gates'][number]): string {
  const numbers = value === null || limit === null ? [] : [`${value} against ${limit}`];
  return [...numbers, ...(why === null ? [] : [why])].join(', ') || 'see difference';
}
