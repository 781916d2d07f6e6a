import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { judgeAll } from '../../slo/judge.ts';
import { toNumber } from '../../slo/rational.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, insertCalls, insertInventory } from './rows.ts';

const CONTROL = readFileSync(packagePath('examples/slos/approval-bypass.yaml'), 'utf8');
const AUTH = readFileSync(packagePath('examples/slos/auth-success.yaml'), 'utf8');
const ALERTING = readFileSync(packagePath('examples/slos/alerting.yaml'), 'utf8');

const controls = {
  'a budget': [
    'op: lte\n      value: 0',
    'op: lte\n      value: 1',
    "one objective, with 'op: lte' and 'value: 0'",
  ],
  'an alert policy': [
    '  objectives:',
    '  alertPolicies:\n    - alertPolicyRef: page\n  objectives:',
    'has no budget that could burn',
  ],
  'a sample': [
    'sampling: forbidden',
    'sampling: weighted',
    'a zero cannot be proven from a sample',
  ],
  'a minimum of events': [
    'slo.mcp/slice',
    'slo.mcp/min-events: "3"\n    slo.mcp/slice',
    "'slo.mcp/min-events' has no meaning",
  ],
  'no answer to no exposure': [
    '    slo.mcp/on-no-exposure: met\n',
    '',
    "the annotation 'slo.mcp/on-no-exposure' is missing",
  ],
  'a whole window without a time': ['            time: timestamp\n', '', "'time' is missing"],
  'no population': [
    'population:',
    'freshness: { maxAge: 1h, inputs: [tool_calls] }\n            populace:',
    "unknown field 'populace'",
  ],
  'a population from elsewhere': [
    'population:\n',
    'population:\n              source: agents\n',
    'must come from the source of the violations',
  ],
  'an exclusion': [
    '            unmeasurable:',
    '            exclude: []\n            unmeasurable:',
    "'exclude' has no meaning for a zero-count control",
  ],
  'a slice that does not fit': [
    'slice: 1d',
    'slice: 7h',
    'the slice does not divide the time window',
  ],
  'freshness of something without a time': [
    'population:',
    'freshness: { maxAge: 1h, inputs: [agents] }\n            population:',
    "the rows of 'agents' do not say when they were seen",
  ],
} as const;

describe('a control is refused with', () => {
  test.each(Object.entries(controls))('%s', (_, [from, to, problem]) => {
    expect(() => load(changed(CONTROL, from, to))).toThrow(
      expect.objectContaining({
        code: 'definition_invalid',
        message: expect.stringMatching(/^slo\.yaml:\d+: /),
      }),
    );
    expect(() => load(changed(CONTROL, from, to))).toThrow(problem);
  });
});

test('a subject is the worst of its rows', async () => {
  const byAgent = changed(CONTROL, 'subject: [call_id]', 'subject: [agent_id]');
  using store = await Store.inMemory();
  await insertInventory(store);
  const fine = { tool_name: 'delete', executed: true, execution_started_at: ago(1) };
  const approved = { ...fine, evidence_approval_result: 'approved', approval_decided_at: ago(2) };
  await insertCalls(store, [
    { ...approved, agent_id: 'careful' },
    { ...approved, agent_id: 'opaque' },
    { ...approved, agent_id: 'opaque', executed: null },
    { ...approved, agent_id: 'reckless' },
    { ...approved, agent_id: 'reckless', executed: null },
    { ...fine, agent_id: 'reckless' },
    { ...fine, agent_id: 'reckless' },
  ]);

  const [judgement] = await judgeAll(store, load(byAgent), { at: AT });

  expect(judgement).toMatchObject({
    population: 3,
    classified: 2,
    violating: 1,
    unobservable: 1,
    violations: [{ subject: { agent_id: 'reckless' }, finding: 'no-approval', rows: 4 }],
  });
});

const ratios = {
  'a threshold': [
    'target: 0.999',
    'target: 0.999\n      op: lt',
    "'op' has no meaning for a ratio",
  ],
  'good from another source': [
    'source: auth_decisions\n              where:\n                - { field: auth_outcome',
    'source: tool_calls\n              where:\n                - { field: outcome',
    "which rows of 'auth_decisions' are good",
  ],
  'a weight on one side only': [
    'source: auth_decisions\n              where',
    'source: auth_decisions\n              weight: weight\n              where',
    "'weight' belongs under 'total'",
  ],
  'the sampling of controls': [
    'sampling: weighted',
    'sampling: forbidden',
    'belongs to a zero-count control',
  ],
} as const;

describe('a ratio is refused with', () => {
  test.each(Object.entries(ratios))('%s', (_, [from, to, problem]) => {
    expect(() => load(`${changed(AUTH, from, to)}---\n${ALERTING}`)).toThrow(problem);
  });
});

test('a ratio may name what is bad', () => {
  const text = changed(changed(AUTH, 'good:', 'bad:'), 'value: success', 'value: failure');

  expect(load(`${text}---\n${ALERTING}`).definitions[0]).toMatchObject({
    good: { kind: 'ratio', counts: 'bad' },
  });
});

describe('alert policies', () => {
  const withAlerts = (alerting: string, slo = AUTH) => load(`${slo}---\n${alerting}`);

  test('become burn rules', () => {
    const [definition] = withAlerts(ALERTING).definitions;
    const rules = definition?.kind === 'objective' ? definition.burnRules : [];

    expect(
      rules.map(({ name, severity, longMs, shortMs, factor, minBadEvents }) => [
        name,
        severity,
        longMs / 60_000,
        shortMs / 60_000,
        toNumber(factor),
        minBadEvents,
      ]),
    ).toEqual([
      ['page-quick', 'page', 60, 5, 14.4, 3n],
      ['page-slow', 'page', 360, 30, 6, 3n],
      ['ticket-quick', 'ticket', 1_440, 120, 3, 3n],
      ['ticket-slow', 'ticket', 4_320, 360, 1, 3n],
    ]);
  });

  test('an SLO without any has the standard rules that it can reach', () => {
    const names = (text: string) =>
      load(text).definitions.flatMap((each) =>
        each.kind === 'objective' ? each.burnRules.map(({ name }) => name) : [],
      );

    expect(names(LATENCY)).toEqual(['page-quick', 'page-slow', 'ticket-quick', 'ticket-slow']);
    // At 90 % even a total outage burns only ten times too fast.
    expect(names(changed(LATENCY, '0.95', '0.9'))).toEqual([
      'page-slow',
      'ticket-quick',
      'ticket-slow',
    ]);
    expect(names(changed(LATENCY, 'duration: 30d', 'duration: 7d'))).toEqual([]);
  });

  const refused = {
    'one that can never fire': [
      'threshold: 14.4',
      'threshold: 1000',
      "'page-quick' can never fire",
    ],
    'one that fires at its threshold': ['op: gt', 'op: gte', "Write 'op: gt'."],
    'one the wrong way round': ['op: gt', 'op: lte', 'must be one of: gt, gte'],
    'a short window that is not shorter': [
      'short-window: 5m',
      'short-window: 1h',
      'is not shorter than the lookback 1h',
    ],
    'a condition of another kind': ['kind: burnrate', 'kind: latency', 'must be "burnrate"'],
  } as const;

  test.each(Object.entries(refused))('%s is refused', (_, [from, to, problem]) => {
    try {
      withAlerts(changed(ALERTING, from, to));
      expect.unreachable();
    } catch (error) {
      const { message, fix } = error as Error & { fix: string };
      expect(`${message} ${fix}`).toContain(problem);
    }
  });
});
