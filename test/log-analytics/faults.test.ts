import { describe, expect, test } from 'vitest';
import { ticksOfMs } from '../../ingest/log-analytics/ticks.ts';
import { countOf, type LogsRun, logsRun, positionsOf, TABLE, WORKSPACE } from './logs-run.ts';
import type { Fault } from './peer/faults.ts';
import { FIRST_AT, gatewayRow } from './peer/gateway-rows.ts';
import type { PeerRow } from './peer/tables.ts';

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
  'an answer that the service calls too large': {
    faults: [{ kind: 'error', status: 413, code: 'PayloadTooLarge', message: 'too large' }],
    queries: ['error', 'whole', 'whole'],
  },
  'an answer without an end': {
    faults: [{ kind: 'endless' }],
    queries: ['endless', 'whole', 'whole'],
  },
  'a short answer that unpacks to one that is too large': {
    faults: [{ kind: 'bomb' }],
    queries: ['bomb', 'whole', 'whole'],
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

  const summary = await run.ingest({ credential: freshTokens(run) });

  expect(queriesOf(run).map(([kind]) => kind)).toEqual(queries);
  expect(run.pauses).toEqual(pauses);
  expect(summary).toMatchObject({ received: ROWS, stored: ROWS, isPartial: false });
  expect(await countOf(run.store)).toEqual(WHOLE);
  expect(await positionsOf(run.store)).toEqual(END);
});

test('a service that does not answer, or not to the end, is given up, and asked for half', async () => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.faults.push({ kind: 'slow' }, { kind: 'stalled' });

  const summary = await run.ingest({ timeoutMs: 1, graceMs: 500 });

  const kinds = queriesOf(run).map(([kind]) => kind);
  expect(kinds).toEqual(['slow', 'stalled', 'whole', 'whole', 'whole', 'whole']);
  expect(summary).toMatchObject({ received: ROWS, stored: ROWS });
  expect(await countOf(run.store)).toEqual(WHOLE);
});

test('answers come packed, and faults with them', async () => {
  await using run = await logsRun();
  run.fill(ROWS);
  run.peer.isPacking = true;
  run.peer.faults.push({ kind: 'timeout', as: 'html' }, { kind: 'partial' });

  const summary = await run.ingest();

  expect(run.peer.asked.every(({ isPacked }) => isPacked)).toBe(true);
  expect(queriesOf(run).map(([kind]) => kind)).toEqual([
    ...['timeout', 'partial', 'whole', 'whole', 'whole'],
  ]);
  expect(summary).toMatchObject({ received: ROWS, stored: ROWS });
  expect(await countOf(run.store)).toEqual(WHOLE);
});

describe('counting before a pull', () => {
  const faults: readonly Fault[] = [
    { kind: 'throttle', retryAfter: '7' },
    { kind: 'throttle' },
    { kind: 'timeout', as: 'json' },
    { kind: 'timeout', as: 'html' },
    { kind: 'partial' },
    { kind: 'truncated' },
    { kind: 'cut' },
    { kind: 'half' },
    { kind: 'empty' },
    { kind: 'expired' },
    { kind: 'error', status: 413, code: 'PayloadTooLarge', message: 'too large' },
    { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' },
    { kind: 'slow' },
    { kind: 'stalled' },
  ];

  const aboutSize = faults.filter(({ kind }) => ['timeout', 'truncated', 'half'].includes(kind));

  // Without time to settle there are only new rows to count; with it, also those that were read.
  test.each([
    [0, faults],
    [1_800_000, aboutSize],
  ])('meets every fault, and no row is lost (settle: %i)', async (settleMs, those) => {
    await using run = await logsRun();
    let hours = 0;
    run.peer.now = () => new Date(Date.parse('2026-11-20T00:10:00Z') + hours * 3_600_000);
    await run.ingest({}, { settleMs });
    for (const fault of those) {
      hours += 1;
      run.peer.add(WORKSPACE, TABLE, hourOfRows(hours));
      run.peer.planFaults.push(fault);
      const isSlow = fault.kind === 'slow' || fault.kind === 'stalled';
      const given = isSlow ? { timeoutMs: 1, graceMs: 500 } : {};

      const summary = await run.ingest({ ...given, credential: freshTokens(run) }, { settleMs });

      const met = run.peer.asked.filter((each) => each.fault === fault);
      expect([fault, met.length, summary.received]).toEqual([fault, 1, 10]);
    }
    const rows = 10 * those.length;
    expect(await countOf(run.store)).toEqual({ rows, distinct: rows });
  });

  test('that never works ends the run, and nothing counts as read', async () => {
    await using run = await logsRun();
    run.fill(10);
    run.peer.refuse = ({ sums }) => (sums ? { kind: 'timeout', as: 'json' } : undefined);

    await expect(run.ingest()).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(queriesOf(run)).toEqual([]);
    expect(await positionsOf(run.store)).toEqual({});
  });

  test('of so short a time that it has no halves is tried again', async () => {
    await using run = await logsRun();
    run.fill(10);
    const start = '2026-11-20T00:02:00Z';
    run.peer.now = () => new Date('2026-11-20T00:03:30Z');
    expect(await run.ingest({}, { start })).toMatchObject({ received: 10 });
    run.peer.now = () => new Date('2026-11-20T00:04:30Z');
    run.peer.planFaults.push({ kind: 'cut' }, { kind: 'half' }, { kind: 'partial' });

    expect(await run.ingest({}, { start })).toMatchObject({ received: 0, isPartial: false });
    expect(run.peer.planFaults).toEqual([]);
    // Once before less is asked for, and then as often as it takes.
    expect(run.pauses).toEqual([2_000, 2_000]);
  });

  test('finds the oldest row in halves, where all at once takes too long', async () => {
    await using run = await logsRun();
    run.fill(10);
    const years = ticksOfMs(3 * 365 * 86_400_000);
    run.peer.refuse = ({ sums, ingested }) =>
      sums?.kind === 'earliest' && ingested.to - ingested.from > years
        ? { kind: 'timeout', as: 'json' }
        : undefined;
    const options = { backfill: { from: undefined } };

    const summary = await run.ingest(options, { start: '2026-11-20T12:00:00Z' });

    expect(summary).toMatchObject({ received: 10, stored: 10 });
  });
});

function hourOfRows(hour: number): PeerRow[] {
  const at = FIRST_AT + ticksOfMs(hour * 3_600_000);
  return Array.from({ length: 10 }, (_, no) =>
    gatewayRow(hour * 10 + no, { at: at + BigInt(no), ingestedAt: at + BigInt(no) }),
  );
}

/** Each that is asked for is another, and good. */
function freshTokens({ peer }: LogsRun) {
  return {
    getToken: async () => {
      const token = `token ${peer.tokens.size}`;
      peer.tokens.add(token);
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}

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

test.each([
  ['connections are cut', 'cut', 20],
  ['bodies end in their middle', 'half', 5],
] as const)('%s for longer than windows are halved, and no row is lost', async (_, kind, count) => {
  await using run = await logsRun();
  run.fill(10);
  run.peer.refuse = ({ sums }) =>
    sums === undefined && run.pauses.length < count ? { kind } : undefined;

  expect(await run.ingest()).toMatchObject({ received: 10, stored: 10, isPartial: false });
  expect(await countOf(run.store)).toEqual({ rows: 10, distinct: 10 });
});

test('one part of a tick that is never whole ends the run, and nothing behind it counts as read', async () => {
  await using run = await logsRun();
  run.fill(10);
  run.peer.refuse = ({ sums, ingested }) =>
    sums === undefined && ingested.to - ingested.from >= 1n ? { kind: 'partial' } : undefined;

  await expect(run.ingest()).rejects.toMatchObject({
    code: 'source_unreachable',
    message: `No whole answer came for '${TABLE}' of the workspace '${WORKSPACE}', ingested from 2026-11-19T23:00:03.0000000Z on, however little was asked for: -2133196796: Query execution has resulted in error`,
  });
  // As long as for a service that is away.
  expect(run.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(542_000);
  expect(await positionsOf(run.store)).toEqual({});
});

test('an answer without content is one without rows', async () => {
  await using run = await logsRun();
  run.peer.refuse = () => ({ kind: 'error', status: 204, code: '', message: '' });

  expect(await run.ingest()).toMatchObject({ received: 0, isPartial: false });
});
