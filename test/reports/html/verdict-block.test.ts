import { expect, test } from 'vitest';
import { verdictBlock } from '../../../reports/html/verdict-block.ts';
import type { ObjectiveJudgement } from '../../../reports/judgement.ts';
import { outcomePercentileText, verdictListing } from '../../../reports/verdicts.ts';
import { judgements } from '../fleet-judgements.ts';

const latency = judgements[1] as ObjectiveJudgement;

function blockOf(given: Partial<ObjectiveJudgement>): string {
  return verdictBlock({ ...latency, ...given }).text;
}

test('the sum is of what the share is of: corrected for sampling', () => {
  const block = blockOf({
    goodText: '96.0575 %',
    inScope: { rows: 3_886, weight: 10_349 },
    good: { rows: 3_736, weight: 9_941 },
    bad: { rows: 150, weight: 408 },
    excluded: [{ id: 'refused', reason: '', rows: 3, weight: 0 }],
    unmeasurable: [{ id: 'no-latency', reason: '', rows: 1, weight: '7' }],
  });

  expect(block).toContain(
    '<b>10,349 in scope</b> (3,886 rows) = 9,941 good + 408 bad + 7 unmeasurable as <bdi>no-latency</bdi>.',
  );
});

test('an alert that a page suppresses, or a maintenance mutes, is not shown as one that rings', () => {
  const [, , ...firing] = latency.burnPairs;
  const block = blockOf({
    burnPairs: firing.map((pair, index) => ({
      ...pair,
      isSuppressed: index === 0,
      isMuted: index === 1,
    })),
  });

  expect(block).toContain('firing (suppressed: a page fires)');
  expect(block).toContain('firing (muted: a maintenance takes place)');
});

test.each([
  [-0.3, 1.2, '-0.3 of 1.2 events'],
  [-0.01, 1, '0 of 1 events'],
  [-0.4, 400, '0 of 400 events'],
])('a budget of which %f of %f events are left', (remainingEvents, allowedEvents, text) => {
  const budget = { consumedRatio: 1, remainingRatio: 0, remainingEvents, allowedEvents };

  expect(blockOf({ budget })).toContain(`<dt>Budget left</dt><dd>${text}</dd>`);
});

test('the budget of a promise about slices of time is of slices', () => {
  const budget = {
    consumedRatio: 0.5,
    remainingRatio: 0.5,
    remainingEvents: 14,
    allowedEvents: 28,
  };

  expect(blockOf({ budget, timeslice: {} })).toContain('<dd>14 of 28 slices</dd>');
});

test.each([
  [1500.001, '1,500.001 ms'],
  [1499.6, '1,499.6 ms'],
  [1500, '1,500 ms'],
  [1874.2, '1,874 ms'],
])('a percentile of %f is shown on its side of a limit of 1500', (value, text) => {
  const percentile = { share: 0.95, value };

  expect(blockOf({ percentile })).toContain(`(limit 1,500 ms)</dt><dd>${text}</dd>`);
  const { rows } = verdictListing([{ ...latency, percentile }]);
  expect(rows[0]?.['measured']).toBe(`93.8112 %, p95 ${text}`);
  const percentileByOutcome = { success: value, failure: null };
  expect(outcomePercentileText({ ...latency, percentileByOutcome })).toBe(
    `${text} of success, not known of failure`,
  );
});
