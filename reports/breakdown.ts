import type { Row } from '../store/values.ts';
import type { Column, Listing } from './listing.ts';

/** What a breakdown needs of a verdict; see judgement.ts. */
interface BrokenDown {
  readonly kind: string;
  readonly slo: string;
  readonly displayName: string;
  readonly breakdown?: {
    readonly dimension: string;
    readonly groups: readonly {
      readonly value: string;
      readonly isOther: boolean;
      readonly state: string;
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
    }[];
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
  count('in_scope'),
  text('dimension'),
  text('slo'),
  text('reason'),
];

/** The groups of all objectives, each objective's worst first. Shares add up to the whole. */
export function breakdownListing(judgements: readonly BrokenDown[]): Listing {
  return { columns: COLUMNS, rows: judgements.flatMap(rowsOf), brief: BRIEF };
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
    };
  });
}
