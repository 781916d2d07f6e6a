import { describe, expect, test } from 'vitest';
import { standardRules } from '../../slo/burn-rules.ts';
import type { Counts, Tally } from '../../slo/count.ts';
import type { Evidence } from '../../slo/evidence.ts';
import {
  dataStateOf,
  judgeObjective,
  type Promised,
  percent,
} from '../../slo/objective-verdict.ts';
import { fromDecimal, rational } from '../../slo/rational.ts';

const tally = (weight: number): Tally => ({ rows: BigInt(weight), weight: BigInt(weight) });

interface Case {
  readonly good?: number;
  readonly bad?: number;
  readonly unmeasurable?: number;
  readonly excluded?: number;
  readonly invalidWeights?: number;
  readonly squaredWeight?: number;
  /** Bad rows of the 1,000 in each lookback. */
  readonly lately?: number;
  readonly promised?: Partial<Promised>;
  readonly evidence?: Partial<Evidence>;
}

function countsOf(it: Case): Counts {
  const { good = 0, bad = 0, unmeasurable = 0, excluded = 0, invalidWeights = 0 } = it;
  const rule = (id: string, weight: number) => ({ id, reason: id, ...tally(weight) });
  return {
    inScope: tally(good + bad + unmeasurable + excluded + invalidWeights),
    good: tally(good),
    bad: tally(bad),
    excluded: [rule('refused', excluded)],
    unmeasurable: [rule('no-value', unmeasurable), rule('weight-invalid', invalidWeights)],
    assumed: [],
    withoutExclusions: { good: tally(good), bad: tally(bad), unmeasurable: tally(0) },
    lookbacks: standardRules(30 * 86_400_000)
      .flatMap(({ longMs, shortMs }) => [longMs, shortMs])
      .map((ms) => ({ ms, good: tally(1_000 - (it.lately ?? 0)), bad: tally(it.lately ?? 0) })),
    squaredWeight: it.squaredWeight ?? good + bad,
  };
}

const PROMISED: Promised = {
  target: fromDecimal('0.9995'),
  targetText: '99.95 %',
  minEvents: 100n,
  minCoverage: fromDecimal('0.9'),
  confidence: '0.95',
  sampling: 'weighted',
  certainty: 'point',
  timeslice: null,
  burnRules: standardRules(30 * 86_400_000),
};

const EVIDENCE: Evidence = {
  rows: 10,
  sampledRows: 0,
  oldestAt: null,
  newestAt: null,
  expectedSlices: 30,
  measuredSlices: 30,
  measuredMs: 30 * 86_400_000,
  losses: [],
  unreadable: [],
  gaps: [],
  sampledGateways: [],
  unreadGateways: [],
  datedAhead: [],
  stale: null,
};

const cases: Readonly<Record<string, readonly [Case, string, string]>> = {
  'nothing bad': [{ good: 10_000 }, 'met', '100 % good, where 99.95 % was promised.'],
  'less than three quarters of the budget': [
    { good: 39_986, bad: 14 },
    'met',
    '99.965 % good, where 99.95 % was promised.',
  ],
  'three quarters of the budget': [
    { good: 39_985, bad: 15 },
    'at_risk',
    '99.9625 % good, where 99.95 % was promised; 75 % of the budget is used.',
  ],
  // In floats the allowance is 0.04999… % and this would be a breach.
  'exactly the budget is not a breach': [
    { good: 9_995, bad: 5 },
    'at_risk',
    '99.95 % good, where 99.95 % was promised; 100 % of the budget is used.',
  ],
  'one row more is': [
    { good: 9_994, bad: 6 },
    'breached',
    '99.94 % good, where 99.95 % was promised.',
  ],
  'a share just below the target is not rounded up to it': [
    { good: 99_949_999, bad: 50_001 },
    'breached',
    '99.9499 % good, where 99.95 % was promised.',
  ],
  'a fast burn puts it at risk': [
    { good: 100_000, lately: 20 },
    'at_risk',
    '100 % good, where 99.95 % was promised, but the budget burns too fast: page-quick, page-slow, ticket-quick, ticket-slow.',
  ],
  'no telemetry': [
    { evidence: { rows: 0 } },
    'insufficient_data',
    'No telemetry of any kind was received in the window.',
  ],
  'no traffic is not 100 %': [{}, 'insufficient_data', 'Nothing in scope was seen in the window.'],
  'only excluded rows': [
    { excluded: 5 },
    'insufficient_data',
    'All of the 5 rows in scope are excluded.',
  ],
  'excluded rows, and others that say nothing': [
    { excluded: 5, unmeasurable: 2 },
    'insufficient_data',
    'None of the 2 rows in scope that are not excluded could be measured.',
  ],
  'too few rows to say it is met': [
    { good: 99 },
    'insufficient_data',
    'Only 99 rows were measured, where 100 are needed to judge.',
  ],
  'few rows, but all of them bad': [
    { bad: 50 },
    'breached',
    '0 % good, where 99.95 % was promised.',
  ],
  'one bad row of one': [
    { bad: 1, promised: { target: fromDecimal('0.95'), targetText: '95 %' } },
    'breached',
    '0 % good, where 95 % was promised.',
  ],
  'one bad row of ten says little about 95 %': [
    { good: 9, bad: 1, promised: { target: fromDecimal('0.95'), targetText: '95 %' } },
    'insufficient_data',
    '90 % good, where 95 % was promised, but only 10 rows were measured, where 100 are needed to judge.',
  ],
  'sampled rows are worth fewer': [
    { good: 1_000, squaredWeight: 100_000 },
    'insufficient_data',
    'Only 1000 rows were measured, which are worth 10 unsampled ones, where 100 are needed to judge.',
  ],
  'what is unmeasurable may take the met away': [
    { good: 10_000, unmeasurable: 6 },
    'insufficient_data',
    '100 % good, where 99.95 % was promised, but 6 could not be measured: between 99.94 % and 100 % are good.',
  ],
  'or be too little to': [
    { good: 10_000, unmeasurable: 5 },
    'met',
    '100 % good, where 99.95 % was promised.',
  ],
  'and never improves a breach': [
    { good: 9_000, bad: 1_000, unmeasurable: 50 },
    'breached',
    '90 % good, where 99.95 % was promised.',
  ],
  'unless it could all have been good': [
    { good: 9_990, bad: 10, unmeasurable: 20_000 },
    'insufficient_data',
    '99.9 % good, where 99.95 % was promised, but 20000 could not be measured: between 33.3 % and 99.9666 % are good.',
  ],
  'a gap takes the met away': [
    { good: 10_000, evidence: { measuredSlices: 26 } },
    'insufficient_data',
    'Telemetry was seen in only 26 of 30 slices of the window.',
  ],
  'the coverage that was asked for is enough': [
    { good: 10_000, evidence: { measuredSlices: 27 } },
    'met',
    '100 % good, where 99.95 % was promised.',
  ],
  'and does not hide a breach': [
    { good: 9_000, bad: 1_000, evidence: { measuredSlices: 1 } },
    'breached',
    '90 % good, where 99.95 % was promised.',
  ],
  'stale rows are not met': [
    { good: 10_000, evidence: { stale: 'tool_calls' } },
    'insufficient_data',
    'The newest row of tool_calls is too old.',
  ],
  'unusable weights give no level': [
    { good: 9_000, bad: 1_000, invalidWeights: 11 },
    'insufficient_data',
    'Too many rows have a sampling weight that cannot be used.',
  ],
};

describe('an objective of 99.95 %', () => {
  test.each(Object.entries(cases))('%s', (_, [it, state, reason]) => {
    const promised = { ...PROMISED, ...it.promised };
    const evidence = { ...EVIDENCE, ...it.evidence };

    expect(judgeObjective(countsOf(it), evidence, promised)).toEqual({ state, reason });
  });
});

test('a source declared unsampled whose rows have weights is inconsistent', () => {
  const counts = { ...countsOf({ good: 1_000 }), good: { rows: 10n, weight: 1_000n } };

  expect(dataStateOf(counts, EVIDENCE, PROMISED)).toBe('ok');
  expect(dataStateOf(counts, EVIDENCE, { ...PROMISED, sampling: 'none' })).toBe('inconsistent');
});

test('shares are cut after four decimals', () => {
  expect(percent(rational(2n, 3n))).toBe('66.6666 %');
  expect(percent(rational(999_999_999n, 1_000_000_000n))).toBe('99.9999 %');
  expect(percent(rational(1n, 1n))).toBe('100 %');
});
