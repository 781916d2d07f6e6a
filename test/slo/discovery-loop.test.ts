import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verdictReasons } from '../../reports/verdicts.ts';
import { judgeAll } from '../../slo/judge.ts';
import { Store } from '../../store/store.ts';
import { example } from './documents.ts';
import { AT, ago, type Fields, insertAttempts } from './rows.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const challenge = (minutes: number, more: Fields = {}): Fields => ({
  timestamp: ago(minutes),
  auth_outcome: 'challenge',
  caller_ip: '10.0.0.1',
  client_name: 'cli',
  ...more,
});
const success = (minutes: number, more: Fields = {}): Fields => ({
  ...challenge(minutes, more),
  auth_outcome: 'success',
});
const times = (count: number, of: (index: number) => Fields): Fields[] =>
  Array.from({ length: count }, (_, index) => of(index));

const cases: Readonly<Record<string, readonly [readonly Fields[], number, number]>> = {
  'three challenges start a flow': [times(3, (i) => challenge(100 - i)), 3, 0],
  'what follows within ten minutes goes in circles': [times(8, (i) => challenge(100 - i)), 3, 5],
  'unless it gets in': [[...times(8, (i) => challenge(100 - i)), success(90)], 8, 0],
  'to have been in before is not getting in': [
    [success(100.4), ...times(6, (i) => challenge(100.3 - i / 100))],
    3,
    3,
  ],
  'half a minute too late is not getting in': [
    [...times(4, (i) => challenge(100.9 - i / 100)), success(90.2)],
    3,
    1,
  ],
  'at the last moment is': [[...times(4, (i) => challenge(100.5 - i / 100)), success(90.47)], 4, 0],
  'too late is not getting in': [[...times(5, (i) => challenge(100 - i)), success(80)], 3, 2],
  'somebody else gets in': [
    [...times(5, (i) => challenge(100 - i)), success(95, { caller_ip: '10.0.0.2' })],
    3,
    2,
  ],
  'another server is another flow': [
    times(6, (i) => challenge(100 - i, { server_id: `server-${i % 2}` })),
    6,
    0,
  ],
  'eleven minutes apart is no circle': [times(8, (i) => challenge(100 - i * 4)), 8, 0],
};

describe('of the 401s that carry no credential', () => {
  test.each(Object.entries(cases))('%s', async (_, [attempts, left, bad]) => {
    await insertAttempts(store, attempts);

    const [judgement] = await judgeAll(store, example('auth-success'), { at: AT });

    expect(judgement).toMatchObject({
      bad: { rows: bad },
      excluded: [
        { id: 'oauth-challenge', owner: 'mcp-platform', rows: left },
        { id: 'rate-limited' },
      ],
    });
  });
});

test('how many flows were started, and how many ended in a success, is told beside the verdict', async () => {
  await insertAttempts(store, [
    challenge(1_000),
    success(999),
    ...times(5, (i) => challenge(100 - i)),
    challenge(50, { environment: 'test' }),
    challenge(3, { caller_ip: '10.0.0.2', weight: 2 }),
    success(-5, { caller_ip: '10.0.0.2' }),
    // The same instant follows nothing, ten minutes are within, a moment more is not.
    ...[70, 50, 49.999].flatMap((minutes, index) => [
      challenge(index === 0 ? 70 : 60, { caller_ip: `10.0.1.${index}` }),
      success(minutes, { caller_ip: `10.0.1.${index}` }),
    ]),
  ]);

  const [judgement] = await judgeAll(store, example('auth-success'), { at: AT, details: true });

  expect(judgement).toMatchObject({
    facts: { discovery_401: 11, discovery_followed_by_success: 4, discovery_loop: 2 },
  });
  expect(judgement && verdictReasons([judgement])).toContain(
    '  discovery 401 11, discovery followed by success 4, discovery loop 2\n',
  );
});

test('a challenge before the window is remembered', async () => {
  const day = 1_440;
  await insertAttempts(
    store,
    times(6, (i) => challenge(30 * day + 3 - i)),
  );

  const [judgement] = await judgeAll(store, example('auth-success'), { at: AT });

  expect(judgement).toMatchObject({ inScope: { rows: 3 }, bad: { rows: 3 } });
});
