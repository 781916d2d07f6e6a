import { expect, test } from 'vitest';
import { otherText } from '../../cli/hub-pipeline.ts';

test.each([
  [
    'process 7 on worker-b reads it, up to 81,029, lag 1,205',
    { reader: { id: 'a', host: 'worker-b', pid: 7 }, lag: 1_205, sequenceNumber: 81_029 },
  ],
  ['nobody reads it, nothing yet, lag 5', { reader: undefined, lag: 5, sequenceNumber: null }],
])('a partition that is not read here: %s', (said, other) => {
  expect(otherText({ partition: '3', ...other })).toBe(`partition 3: ${said}`);
});
