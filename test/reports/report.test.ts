import { afterAll, beforeAll, expect, test } from 'vitest';
import { basisOf } from '../../reports/basis.ts';
import { findingsOf } from '../../reports/findings.ts';
import { renderReport } from '../../reports/html/page.ts';
import { answersFor, buildReport } from '../../reports/report.ts';
import { type ReportInput, rowsOf, summaryOf } from '../../reports/report-input.ts';
import { Store } from '../../store/store.ts';
import { call, insert } from '../queries/evidence.ts';
import { insertEvents } from '../slo/rows.ts';
import { fleetReport, listingOf, WINDOW } from './fleet.ts';

const OPTIONS = {
  window: { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' },
  kind: 'all',
  generatedAt: '2026-12-01T06:00:00Z',
  toolVersion: '0.1.0',
} as const;

let store: Store;

beforeAll(async () => {
  store = await Store.inMemory();
  await insert(store, 'agents', [
    {
      agent_id: 'a-1',
      display_name: 'helpdesk-bot',
      owner: 'it@contoso.com',
      is_known: true,
      origin: 'i',
    },
  ]);
  await insert(store, 'servers', [
    {
      server_id: 'billing',
      owner: 'fin@contoso.com',
      environment: 'production',
      is_known: true,
      origin: 'i',
    },
  ]);
  await insert(store, 'tools', [
    {
      server_id: 'billing',
      tool_name: 'delete_invoice',
      tool_class: 'destructive',
      approval: 'required',
    },
  ]);
  await insert(store, 'correlated_calls', [
    call(1),
    call(2, { outcome: 'failure', tool_outcome: 'error', result_code: 'isError' }),
    call(3, {
      outcome: 'denied',
      result_code: '403',
      server_seen: false,
      match_rung: 'gateway_only',
    }),
    call(4, { agent_id: 'a-2', gateway_seen: false, match_rung: 'server_only' }),
    call(5, { server_id: 'billing', tool_name: 'delete_invoice', executed: true }),
    call(6, { timestamp: '2026-12-01T00:00:00Z' }),
  ]);
});

afterAll(() => store.close());

test('every answer of every kind comes from a query that exists', async () => {
  for (const kind of ['soc', 'slo', 'cost', 'all'] as const) {
    const { answers } = await buildReport(store, [], { ...OPTIONS, kind });

    expect(Object.keys(answers)).toEqual(answersFor(kind));
  }
});

test('the window is half-open, and the summary counts what is in it', async () => {
  const summary = summaryOf(await buildReport(store, [], OPTIONS));

  expect(summary).toMatchObject({
    calls: 5,
    success: 3,
    failure: 1,
    denied: 1,
    hidden_failures: 1,
    matched_calls: 3,
    gateway_only_calls: 1,
    server_only_calls: 1,
    agents: 2,
    unowned_agents: 1,
    complete_to_at: null,
  });
});

test('noteworthy is what failed, was refused, went around, or ran unapproved', async () => {
  const { answers } = await buildReport(store, [], OPTIONS);
  const rows = answers['soc/noteworthy_calls']?.rows.map(({ why, agent, tool_name }) => [
    why,
    agent,
    tool_name,
  ]);

  expect(rows).toEqual([
    ['ran_unapproved', 'helpdesk-bot', 'delete_invoice'],
    ['no_gateway_record', 'a-2', 'get_forecast'],
    ['denied', 'helpdesk-bot', 'get_forecast'],
    ['failed', 'helpdesk-bot', 'get_forecast'],
  ]);
});

test('what stands out is said in sentences with their numbers', async () => {
  const texts = findingsOf(await buildReport(store, [], OPTIONS)).map(({ text }) => text);

  expect(texts).toEqual([
    '1 agent without an owner made 1 call: a-2.',
    'delete_invoice at billing ran 1 time without an approval that covers it.',
    '1 call at weather has no gateway record, and a bypass is not provable: 1 where the evidence does not say.',
    '1 of 1 failed call answered with an HTTP success: a view of status codes alone shows none of them.',
    '5 charges of 2 kinds have no price and are in no amount.',
  ]);
});

test('who cost most is said for each currency, of what was paid in it', async () => {
  const input = await buildReport(store, [], OPTIONS);
  const rows = [
    { agent: 'a', agent_id: 'a', currency: 'EUR', amount: '2.5', amount_ratio: 1 },
    { agent: '(unattributed)', agent_id: null, currency: 'USD', amount: '9', amount_ratio: 0.75 },
    { agent: 'b', agent_id: 'b', currency: 'USD', amount: '3', amount_ratio: 0.25 },
    { agent: 'a', agent_id: 'a', currency: 'USD', amount: '1', amount_ratio: 0.1 },
  ];
  const name = 'finops/cost_by_agent';
  const said = (costs: typeof rows) =>
    findingsOf({ ...input, answers: { ...input.answers, [name]: listingOf(name, costs) } })
      .map(({ text }) => text)
      .filter((text) => text.includes('cost most'));

  expect(said(rows)).toEqual([
    'a cost most: 2.50 EUR, 100 % of all in EUR.',
    'b cost most: 3.00 USD, 25 % of all in USD.',
  ]);
  expect(said(rows.slice(1))).toEqual(['b cost most: 3.00 USD, 25 % of the total.']);
});

test('what could not be read is said on top, with how many values it was', async () => {
  const value = { batch_id: 1, source: 'f', source_table: 'T', column_name: 'latency_ms' };
  await insert(store, 'unreadable_values', [
    { ...value, unreadable: 1_200 },
    { ...value, column_name: 'http_status', unreadable: 34 },
  ]);
  const { doubts } = basisOf(await buildReport(store, [], OPTIONS));
  await store.run('delete from unreadable_values');

  expect(doubts).toContain(
    '1,234 values of stored records could not be read and left out: coverage --of unreadable.',
  );
});

test('what is dated ahead of the report is said on top, as far as its window does not hold it', async () => {
  await insertEvents(store, [{ occurred_at: '2031-01-01T00:00:00Z' }]);
  const options = (to: string) => ({ ...OPTIONS, window: { ...OPTIONS.window, to } });
  const before = await buildReport(store, [], OPTIONS);
  const within = await buildReport(store, [], options('2031-02-01T00:00:00.000Z'));
  await store.run("delete from events where occurred_at > timestamptz '2030-01-01'");

  expect(basisOf(before).doubts).toContain(
    '1 record dated more than a day ahead of this report, up to 2031-01-01 00:00:00: not in this window, although they may be of it, so that no zero is proven (sre/records_dated_ahead).',
  );
  expect(basisOf(within).doubts.filter((doubt) => doubt.includes('ahead'))).toEqual([]);
});

test('the report of a database is the same when it is asked again', async () => {
  const first = await renderReport(await buildReport(store, [], OPTIONS));

  expect(await renderReport(await buildReport(store, [], OPTIONS))).toBe(first);
  expect(first).toContain('Only one of gateway and servers was heard');
});

const factsOf = (input: ReportInput) => Object.fromEntries(basisOf(input).facts);

test('verdicts over another time than the page are said to be, with their windows', () => {
  const fleet = fleetReport();
  const week = { ...fleet, window: { ...WINDOW, from: '2026-11-14T00:00:00.000Z' } };
  const same = { ...fleet, window: { ...WINDOW, to: '2026-11-21T00:00:00.000Z' } };

  expect(factsOf(week)['Verdicts']).toMatch(
    /^each over the window of its own objective or control \(.*28d.*\), not over the window of this page$/,
  );
  expect(factsOf(same)['Verdicts']).toBe(factsOf(fleet)['Verdicts']);
});

test('records that stand for several are counted where no call does', () => {
  const of = (sampled_calls: number, sampled_records: number) => {
    const sampling = [{ source_table: 'AppRequests', layer: 'gateway', sampled_records }];
    const input = fleetReport('slo', { 'sre/sampling_by_source': sampling });
    const [summary] = rowsOf(input, 'sre/summary');
    const listing = listingOf('sre/summary', [{ ...summary, sampled_calls }]);
    const answers = { ...input.answers, 'sre/summary': listing };
    return factsOf({ ...input, answers })['Sampled'];
  };

  expect(of(0, 0)).toBe('no call');
  expect(of(0, 235)).toBe('no call; 235 records standing for more than one');
  expect(of(7, 235)).toBe(
    '7 calls standing for more than one; 235 records standing for more than one',
  );
});
