import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { comparisonListing, comparisonText } from '../../../reports/comparisons.ts';
import { formatListing } from '../../../reports/formats/format.ts';
import { ensureGates, gateOutcomes, idleGates, parseGate } from '../../../slo/compare/gate.ts';
import { compareVersions, versionPairs } from '../../../slo/compare/versions.ts';
import { type Compared, compareWindows } from '../../../slo/compare/windows.ts';
import { Store } from '../../../store/store.ts';
import { changed, example, LATENCY, load } from '../documents.ts';
import { AT, ago, DAY, type Fields, insertEvents, insertLife, insertManyCalls } from '../rows.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertLife(store, ['gateway', 'server'], 120);
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

const SLOW = { latency_ms: 1_500 };
const BEFORE = { timestamp: ago(40 * DAY) };

/** So many fast and slow calls, all alike but for that. */
async function calls(fast: number, slow: number, row: Fields = {}): Promise<void> {
  await insertManyCalls(store, fast, row);
  await insertManyCalls(store, slow, { ...row, ...SLOW });
}

/** Nine in ten days are to be observed, and the newest row is to be of the last day. */
const WATCHED = changed(
  changed(LATENCY, 'min-coverage: "0"', 'min-coverage: "0.9"'),
  '            where:',
  '            freshness: { maxAge: 1h, inputs: [approvals] }\n            where:',
);

async function compared(runs = 1, text = LATENCY): Promise<Compared> {
  const [found] = await compareWindows(store, load(text), AT, runs);
  if (!found) throw new Error('nothing was compared');
  return found;
}

type Change = readonly [() => Promise<void>, string, string | null];
const changes: Readonly<Record<string, Change>> = {
  'far fewer slow calls than before': [
    async () => {
      await calls(990, 10);
      await calls(900, 100, BEFORE);
    },
    'improved',
    null,
  ],
  'far more slow calls than before': [
    async () => {
      await calls(900, 100);
      await calls(990, 10, BEFORE);
    },
    'regressed',
    null,
  ],
  'a difference that so few calls cannot show': [
    async () => {
      await calls(9, 1);
      await calls(10, 0, BEFORE);
    },
    'unchanged',
    null,
  ],
  'nothing before': [() => calls(10, 0), 'not_comparable', 'no_previous'],
  'nothing now': [() => calls(10, 0, BEFORE), 'not_comparable', 'no_current'],
  'only one of the two is a sample': [
    async () => {
      await calls(10, 0, { weight: 4 });
      await calls(10, 0, BEFORE);
    },
    'not_comparable',
    'sampling',
  ],
  'evidence from another table than before': [
    async () => {
      await calls(10, 0);
      await calls(10, 0, BEFORE);
      await insertEvents(store, [{ source_table: 'AppRequests', occurred_at: ago(DAY) }]);
    },
    'not_comparable',
    'sources',
  ],
  'too little of a window that is stale besides': [
    async () => {
      await calls(10, 0);
      await calls(10, 0, BEFORE);
      await store.run('delete from events where occurred_at >= $from::timestamptz', {
        from: ago(20 * DAY),
      });
    },
    'not_comparable',
    'coverage',
  ],
  'two months ago is not before': [
    () => calls(10, 0, { timestamp: ago(70 * DAY) }).then(() => calls(10, 0)),
    'not_comparable',
    'no_previous',
  ],
};

describe('with the window before', () => {
  test.each(Object.entries(changes))('%s', async (_, [given, change, why]) => {
    await given();

    const { comparison } = await compared(1, why === 'coverage' ? WATCHED : LATENCY);

    expect([comparison.change, comparison.why]).toEqual([change, why]);
    expect(comparison.difference === null).toBe(change === 'not_comparable');
    expect(comparison.previous.window.to).toBe(comparison.current.window.from);
  });

  test('it is said in numbers, in every format', async () => {
    await calls(900, 100);
    await calls(990, 10, BEFORE);
    const found = await compared();
    const shown = [{ comparison: found.comparison, gates: [] }];

    expect(comparisonText(shown)).toBe(
      'latency: regressed, -9.0000 points, between -11.0661 points and -7.0996 points (0.95)\n' +
        '  100 ms before, 1,500 ms now\n',
    );
    const [, row] = formatListing('csv', comparisonListing(shown)).split('\n');
    expect(row).toContain(
      'regressed,latency,,this window with 1 before,0.99,0.9,-0.08999999999999997',
    );
  });
});

describe('a gate', () => {
  const outcomes = (found: Compared, ...texts: readonly string[]) =>
    gateOutcomes(texts.map(parseGate), found, 'avg').map(({ state }) => state);

  test('is held against the percentile of a latency', async () => {
    await insertManyCalls(store, 100, { latency_ms: 120 });
    await calls(100, 0, BEFORE);
    const found = await compared();

    expect(outcomes(found, '<=+20%', '<=+19%', '<120', '<=120', 'latency <200')).toEqual([
      'pass',
      'fail',
      'fail',
      'pass',
      'pass',
    ]);
    expect(outcomes(found, 'regression')).toEqual(['pass']);
    expect(gateOutcomes([parseGate('<=+20%')], found, 'avg')).toEqual([
      { gate: '<=+20%', state: 'pass', value: 120, limit: 120, why: null },
    ]);
  });

  test('that has nothing to go by does not pass', async () => {
    await calls(10, 0);
    const found = await compared();

    expect(outcomes(found, '<=+20%', 'regression', '<200')).toEqual([
      'inconclusive',
      'inconclusive',
      'pass',
    ]);
    const gates = ['<=+20%', 'regression', '<200'].map(parseGate);
    expect(gateOutcomes(gates, found, 'avg').map(({ why }) => why)).toEqual([
      'no window before that kept its promise has a number',
      found.comparison.reason,
      null,
    ]);
    expect(found.comparison.reason).not.toBe('');
  });

  test('looks at several runs, but not at those that broke the promise', async () => {
    await insertManyCalls(store, 100, { latency_ms: 130 });
    await insertManyCalls(store, 100, { latency_ms: 100, timestamp: ago(40 * DAY) });
    await insertManyCalls(store, 100, { latency_ms: 5_000, timestamp: ago(70 * DAY) });
    await insertManyCalls(store, 100, { latency_ms: 140, timestamp: ago(100 * DAY) });
    const found = await compared(3);

    expect(found.valuesBefore).toEqual([100, 140]);
    expect(outcomes(found, '<=+10%', '<=+5%')).toEqual(['pass', 'fail']);
  });

  test('a pass needs data that a verdict could rest on; a failure does not', async () => {
    await calls(40, 0, { latency_ms: 120 });
    await calls(40, 0, BEFORE);
    const many = changed(LATENCY, 'min-events: "1"', 'min-events: "100"');
    const [few] = await compareWindows(store, load(many), AT, 1);
    const partial = await compared();
    const seen = partial.comparison.current;
    const comparison = { ...partial.comparison, current: { ...seen, dataState: 'stale' as const } };
    if (!few) throw new Error('nothing was compared');

    expect(few.comparison.change).toBe('unchanged');
    expect(few.valuesBefore).toEqual([]);
    expect(outcomes(few, '<200', '<100', 'regression')).toEqual(Array(3).fill('inconclusive'));
    expect(outcomes({ ...partial, comparison }, '<200', '<100', 'regression')).toEqual([
      'inconclusive',
      'fail',
      'inconclusive',
    ]);
    expect(gateOutcomes([parseGate('<200')], { ...partial, comparison }, 'avg')).toMatchObject([
      { why: 'of this window the data is stale' },
    ]);
  });

  test('a call without an answer is slower than any number', async () => {
    await insertManyCalls(store, 10, { latency_ms: null, outcome: 'failure' });
    const found = await compared();

    expect(found.comparison.current.value).toBeNull();
    expect(outcomes(found, '<600', '>600', '<+10')).toEqual([
      'fail',
      'inconclusive',
      'inconclusive',
    ]);
  });

  test('that was held against nothing is named', () => {
    const asked = ['regression', 'ratio <600'].map(parseGate);
    const held = {
      gate: 'regression',
      state: 'pass' as const,
      value: null,
      limit: null,
      why: null,
    };

    expect(idleGates(asked, [held])).toEqual(['ratio <600']);
  });

  test('on an objective that is not there is refused', () => {
    expect(() => ensureGates([parseGate('latncy <200')], ['latency'])).toThrow(
      "The gate 'latncy <200' names no objective.",
    );
    expect(() =>
      ensureGates([parseGate('<200'), parseGate('latency regression')], ['latency']),
    ).not.toThrow();
  });
});

describe('with another version of a server', () => {
  const WINDOW = { from: ago(30 * DAY), to: AT.toISOString() };
  const version = (name: string, days: number): Fields => ({
    server_version: name,
    timestamp: ago(days * DAY),
  });

  beforeEach(async () => {
    await calls(980, 20, version('1.0', 20));
    await calls(970, 30, version('1.1', 10));
    await calls(900, 100, version('2.0', 1));
    await calls(10, 0, { ...version('7', 1), server_id: 'lone' });
  });

  test('the newest is compared with the one before it', async () => {
    const pairs = await versionPairs(store, WINDOW, {});
    const [found, ...others] = await compareVersions(store, load(LATENCY), AT, pairs);

    expect(pairs).toEqual([{ server: 'server-1', baseline: '1.1', candidate: '2.0' }]);
    expect(others).toEqual([]);
    expect(found?.comparison).toMatchObject({
      subject: 'server-1',
      change: 'regressed',
      current: { name: '2.0', good: 900, measured: '1000' },
      previous: { name: '1.1', good: 970, measured: '1000' },
    });
  });

  test('those that are named are compared, and one that is not there is not', async () => {
    const older = { server: 'server-1', baseline: '1.0', candidate: '1.1' };
    const [found] = await compareVersions(store, load(LATENCY), AT, [older]);

    expect(found?.comparison.change).toBe('unchanged');
    expect(await versionPairs(store, WINDOW, older)).toEqual([older]);
    expect(await versionPairs(store, WINDOW, { baseline: '0.9' })).toEqual([]);
    expect(await versionPairs(store, WINDOW, { candidate: '1.1' })).toEqual([
      { server: 'server-1', baseline: '2.0', candidate: '1.1' },
    ]);
  });

  test('calls that no server answered have no version, and may be of the newer one', async () => {
    const pairs = [{ server: 'server-1', baseline: '1.0', candidate: '1.1' }];
    const gates = ['regression'].map(parseGate);
    await calls(5, 60, { server_version: null });
    const [found] = await compareVersions(store, load(LATENCY), AT, pairs);
    if (!found) throw new Error('nothing was compared');

    expect(found.comparison).toMatchObject({
      change: 'unchanged',
      unversioned: { good: 5, bad: 60, mayBeWorse: true },
    });
    expect(gateOutcomes(gates, found, 'avg')).toMatchObject([{ state: 'inconclusive' }]);
    expect(comparisonText([{ comparison: found.comparison, gates: [] }])).toContain(
      '  65 rows of the server name no version, 60 of them bad; were they of the newer one, it would be worse\n',
    );
  });

  test('a time that nobody watched is no time to compare versions in', async () => {
    const pairs = [{ server: 'server-1', baseline: '1.0', candidate: '1.1' }];
    await store.run('delete from events where occurred_at >= $from::timestamptz', {
      from: ago(20 * DAY),
    });
    const [found] = await compareVersions(store, load(WATCHED), AT, pairs);

    expect(found?.comparison.why).toBe('coverage');
  });

  test('an objective whose rows have no version cannot be compared', async () => {
    const pairs = await versionPairs(store, WINDOW, {});
    const [found] = await compareVersions(store, example('auth-success'), AT, pairs);

    expect(found?.comparison).toMatchObject({ change: 'not_comparable', why: 'column_missing' });
  });
});

test('a difference is split into mix and rate of what was asked for', async () => {
  await calls(80, 20, { server_id: 'server-1' });
  await calls(50, 50, { server_id: 'server-2' });
  await calls(90, 10, { server_id: 'server-1', ...BEFORE });
  await calls(50, 50, { server_id: 'server-2', ...BEFORE });
  const [found] = await compareWindows(store, load(LATENCY), AT, 1, 'server_id');
  if (!found) throw new Error('nothing was compared');

  expect(found.comparison.decomposition).toMatchObject({
    dimension: 'server_id',
    mix: 0,
    rate: expect.closeTo(-0.05, 12),
  });
  expect(comparisonText([{ comparison: found.comparison, gates: [] }])).toContain(
    '  0.0000 of it by another mix of server_id, -5.0000 by how each of them went\n' +
      '    server-1: 0.0000 mix, -5.0000 rate\n',
  );
});

test('a month to date is held against a month to the same date, and rows too young are in neither', async () => {
  const calendar = changed(
    changed(LATENCY, 'duration: 30d', 'duration: 1M'),
    'isRolling: true',
    "calendar: { startTime: '2026-01-01 00:00:00', timeZone: UTC }",
  );
  await calls(10, 0);
  await calls(10, 0, { timestamp: '2026-10-02T00:00:00Z' });
  await calls(0, 10, { timestamp: '2026-10-31T23:59:59Z' });
  const [found] = await compareWindows(store, load(calendar), AT, 1);
  const delayed = changed(
    LATENCY,
    'slo.mcp/min-events',
    'slo.mcp/ingestion-delay: 2h\n    slo.mcp/min-events',
  );
  const [late] = await compareWindows(store, load(delayed), AT, 1);

  expect(found?.comparison).toMatchObject({
    change: 'unchanged',
    current: { window: { from: '2026-11-01T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z' } },
    previous: { window: { from: '2026-10-01T00:00:00.000Z' } },
  });
  expect(found?.comparison.previous.window.to).toMatch(/^2026-10-20T/);
  expect(found?.comparison.wholePeriodBefore).toMatchObject({
    goodRatio: 0.5,
    window: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
  });
  const { to } = found?.comparison.previous.window ?? {};
  const shown = found ? [{ comparison: found.comparison, gates: [] }] : [];
  expect(comparisonListing(shown).rows).toMatchObject([
    { window_before_from: '2026-10-01T00:00:00.000Z', window_before_to: to },
  ]);
  expect(comparisonText(shown)).toContain(
    `  held against as much of the period before: from 2026-10-01T00:00:00.000Z to ${to}\n` +
      '  the whole period before, from 2026-10-01T00:00:00.000Z to 2026-11-01T00:00:00.000Z: 50.0000 % good, breached\n',
  );
  expect(late?.comparison.wholePeriodBefore).toBeNull();
  expect(late?.comparison.why).not.toBe('other_window');
  expect(late?.comparison.previous.window.to).toBe(late?.comparison.current.window.from);
});
