import { expect, test } from 'vitest';
import { countOf, type LogsRun, logsRun, positionsOf, TABLE, WORKSPACE } from './logs-run.ts';
import type { Fault } from './peer/faults.ts';

const ROWS = 2_000;
/** What the run is to end with, whatever happens on its way. */
const WHOLE = { rows: ROWS, distinct: ROWS };
const END = { [`logs/${WORKSPACE}/${TABLE}`]: '2026-11-21T00:00:00.0000000Z' };

/** How many rows each query for rows was answered with, faults included. */
function queriesOf({ peer }: LogsRun): [string, number][] {
  return peer.asked
    .filter(({ query }) => query.sums === undefined)
    .map(({ fault, rows }) => [fault?.kind ?? 'whole', rows]);
}

interface Trouble {
  readonly faults: readonly Fault[];
  readonly queries: readonly string[];
  readonly pauses?: readonly number[];
}

const troubles: Readonly<Record<string, Trouble>> = {
  'throttled, with a time to wait': {
    faults: [{ kind: 'throttle', retryAfter: '7' }],
    queries: ['throttle', 'whole'],
    pauses: [7_000],
  },
  'throttled, without one': {
    faults: [{ kind: 'throttle' }, { kind: 'throttle' }],
    queries: ['throttle', 'throttle', 'whole'],
    pauses: [2_000, 4_000],
  },
  'throttled, with no time to wait': {
    faults: [
      { kind: 'throttle', retryAfter: '0' },
      { kind: 'throttle', retryAfter: '0' },
    ],
    queries: ['throttle', 'throttle', 'whole'],
    pauses: [2_000, 4_000],
  },
  'a query that takes too long': {
    faults: [{ kind: 'timeout', as: 'json' }],
    queries: ['timeout', 'whole', 'whole'],
  },
  'a query that takes too long, told by a gateway': {
    faults: [{ kind: 'timeout', as: 'html' }],
    queries: ['timeout', 'whole', 'whole'],
  },
  'a partial result': {
    faults: [{ kind: 'partial' }],
    queries: ['partial', 'whole', 'whole'],
  },
  'a truncated result': {
    faults: [{ kind: 'truncated' }, { kind: 'truncated' }],
    queries: ['truncated', 'truncated', 'whole', 'whole', 'whole'],
  },
  'a body that is cut': {
    faults: [{ kind: 'cut' }],
    queries: ['cut', 'whole'],
    pauses: [2_000],
  },
  'half a body that looks whole': {
    faults: [{ kind: 'half' }],
    queries: ['half', 'whole', 'whole'],
  },
  'an empty body': {
    faults: [{ kind: 'empty' }],
    queries: ['empty', 'whole'],
    pauses: [2_000],
  },
  'a token that has expired': {
    faults: [{ kind: 'expired' }],
    queries: ['expired', 'whole'],
  },
  'a service that is away': {
    faults: [{ kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' }],
    queries: ['error', 'whole'],
    pauses: [2_000],
  },
};

test.each(Object.entries(troubles))('%s', async (_, { faults, queries, pauses = [] }) => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.faults.push(...faults);
  let tokens = 0;
  const credential = {
    getToken: async () => {
      tokens += 1;
      const token = `token ${tokens}`;
      run.peer.tokens.add(token);
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };

  const summary = await run.ingest({ credential });

  expect(queriesOf(run).map(([kind]) => kind)).toEqual(queries);
  expect(run.pauses).toEqual(pauses);
  expect(summary).toMatchObject({ received: ROWS, stored: ROWS, isPartial: false });
  expect(await countOf(run.store)).toEqual(WHOLE);
  expect(await positionsOf(run.store)).toEqual(END);
});

test('a service that does not answer is given up, and asked for half', async () => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.faults.push({ kind: 'slow' });

  const summary = await run.ingest({ timeoutMs: 1, graceMs: 300 });

  expect(queriesOf(run).map(([kind]) => kind)).toEqual(['slow', 'whole', 'whole']);
  expect(summary).toMatchObject({ received: ROWS, stored: ROWS });
});

test('windows become as small as the service has them, and no row is lost or doubled', async () => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.limits = { maxRows: 130, maxBytes: 1_000_000 };

  expect(await run.ingest()).toMatchObject({ received: ROWS, stored: ROWS });

  const kept = queriesOf(run).filter(([, rows]) => rows <= 130);
  expect(kept.reduce((sum, [, rows]) => sum + rows, 0)).toBe(ROWS);
  expect(await countOf(run.store)).toEqual(WHOLE);
});

test('a service that throttles for ever is given up; what had come is stored', async () => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.limits = { maxRows: 600, maxBytes: 100_000_000 };
  const hasAnswered = () => queriesOf(run).some(([, rows]) => rows > 0 && rows <= 600);
  run.peer.refuse = () => (hasAnswered() ? { kind: 'throttle', retryAfter: '100' } : undefined);

  await expect(run.ingest()).rejects.toMatchObject({
    code: 'source_unreachable',
    message: `the workspace '${WORKSPACE}' is throttling: '${TABLE}' was not answered within the retries: ThrottledError: Too many requests. Try again later.`,
  });
  expect(run.pauses).toEqual([100_000, 100_000, 100_000, 100_000, 100_000, 100_000]);
  const { rows } = await countOf(run.store);
  expect(rows).toBeGreaterThan(0);
  expect(rows).toBeLessThan(ROWS);

  run.peer.refuse = () => undefined;
  expect(await run.ingest()).toMatchObject({ received: ROWS - rows, stored: ROWS - rows });
  expect(await countOf(run.store)).toEqual(WHOLE);
});

test('one tick that is never whole ends the run, and nothing behind it counts as read', async () => {
  await using run = await logsRun();
  run.fill(10);
  run.peer.refuse = ({ sums, ingested }) =>
    sums === undefined && ingested.to - ingested.from >= 1n ? { kind: 'partial' } : undefined;

  await expect(run.ingest()).rejects.toMatchObject({ code: 'source_unreachable' });
  expect(await positionsOf(run.store)).toEqual({});
});

test('an answer without content is one without rows', async () => {
  await using run = await logsRun();
  run.peer.refuse = () => ({ kind: 'error', status: 204, code: '', message: '' });

  expect(await run.ingest()).toMatchObject({ received: 0, isPartial: false });
});
