import { expect, test } from 'vitest';
import { tiles } from '../../../reports/html/tiles.ts';
import type { Row } from '../../../store/values.ts';
import { fleetReport } from '../fleet.ts';

const [summary = {}] = fleetReport().answers['sre/summary']?.rows ?? [];

const failed = {
  'a share, of what it is one': [
    {},
    '3.1 %',
    '3,120 of 100,966 known to have run; 911 denied, 1,821 unknown',
  ],
  'how many, where most outcomes are unknown': [
    { success: 0, failure: 75, failure_ratio: 1, denied: 0, unknown: 9_925 },
    '75',
    '75 of 75 known to have run; 0 denied, 9,925 unknown',
  ],
  'nothing, where none is known': [
    { success: 0, failure: 0, failure_ratio: null, denied: 0, unknown: 10 },
    '–',
    '0 of 0 known to have run; 0 denied, 10 unknown',
  ],
} as const;

test.each(Object.entries(failed))('what failed is told as %s', (_, [given, figure, note]) => {
  const row: Row = { ...summary, ...given };
  const { text } = tiles(fleetReport('slo', { 'sre/summary': [row] }));

  expect(text).toContain(`<span class="what">Failed</span><b>${figure}</b><span>${note}</span>`);
});
