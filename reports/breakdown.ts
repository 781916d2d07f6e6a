import type { Row } from '../store/values.ts';
import type { Column, Listing } from './listing.ts';

/** What a breakdown needs of a verdict; see judgement.ts. */
interface BrokenDown {
  readonly kind: string;
  readonly slo: string;
  readonly displayName: string;
  readonly unit?: 'rows' | 'slices';
  readonly breakdown?: {
    readonly dimension: string;
    readonly groups: readonly {
      readonly value: string;
      readonly isOther: boolean;
      readonly state: string | null;
      readonly reason: string;
      readonly inScope: number | string;
      readonly good: number | string;
      readonly bad: number | string;
      readonly goodRatio: number | null;
      readonly shareOfBad: number | null;
      readonly shareOfBudget: number | null;
      readonly lookbacks: readonly {
        readonly lookback: string;
        readonly burnRate: number | null;
      }[];
      readonly percentile?: number | null;
    }[];
    /** Those of the window before that have no rows in this one. */
    readonly vanished?:
      | readonly {
          readonly value: string;
          readonly inScopeBefore: number | string;
          readonly lastSeenAt: string;
        }[]
      | null;
  } | null;
}

const ratio = (name: string): Column => ({ name, type: 'double', unit: 'ratio' });
const text = (name: string): Column => ({ name, type: 'varchar' });
const count = (name: string): Column => ({ name, type: 'bigint' });

const COLUMNS: readonly Column[] = [
  text('objective'),
  text('value'),
  text('state'),
  count('good'),
  count('bad'),
  ratio('good_ratio'),
  ratio('share_of_bad'),
  ratio('share_of_budget'),
  { name: 'burn_1h', type: 'double' },
  { name: 'burn_6h', type: 'double' },
  { name: 'percentile', type: 'double' },
  count('in_scope'),
  text('dimension'),
  text('slo'),
  text('reason'),
];

/** The groups of all objectives, each objective's worst first. Shares add up to the whole. */
export function breakdownListing(judgements: readonly BrokenDown[]): Listing {
  const rows = judgements.flatMap((each) => [...rowsOf(each), ...vanishedRows(each)]);
  return { columns: COLUMNS, rows, brief: BRIEF };
}

const BRIEF = [
  'objective',
  'value',
  'state',
  'good',
  'bad',
  'share_of_bad',
  'share_of_budget',
  'burn_1h',
  'percentile',
] as const;

function rowsOf({ slo, displayName, breakdown }: BrokenDown): Row[] {
  if (!breakdown) return [];
  return breakdown.groups.map((group) => {
    const burn = (lookback: string) =>
      group.lookbacks.find((each) => each.lookback === lookback)?.burnRate ?? null;
    return {
      objective: displayName,
      slo,
      dimension: breakdown.dimension,
      value: group.value,
      state: group.state,
      reason: group.reason,
      in_scope: group.inScope,
      good: group.good,
      bad: group.bad,
      good_ratio: group.goodRatio,
      share_of_bad: group.shareOfBad,
      share_of_budget: group.shareOfBudget,
      burn_1h: burn('1h'),
      burn_6h: burn('6h'),
      percentile: group.percentile ?? null,
    };
  });
}

/** A value that went quiet has no figures, and may be one that broke. */
function vanishedRows({ slo, displayName, unit, breakdown }: BrokenDown): Row[] {
  const nothing = {
    good: 0,
    bad: 0,
    good_ratio: null,
    share_of_bad: null,
    share_of_budget: null,
    burn_1h: null,
    burn_6h: null,
    percentile: null,
    in_scope: 0,
  };
  return (breakdown?.vanished ?? []).map(({ value, inScopeBefore, lastSeenAt }) => ({
    ...nothing,
    objective: displayName,
    slo,
    dimension: breakdown?.dimension ?? null,
    value,
    state: unit === 'slices' ? null : 'insufficient_data',
    reason: `Nothing in scope was seen; ${inScopeBefore} were in the window before, the last at ${lastSeenAt}.`,
  }));
}
