import type { ControlJudgement, Judgement, ObjectiveJudgement } from '../../reports/judgement.ts';
import { hourAt } from './draw.ts';

const WINDOW = { from: '2026-10-24T00:00:00Z', to: '2026-11-21T00:00:00Z' };

function judged(slo: string, displayName: string, line: number) {
  return {
    slo,
    displayName,
    service: 'mcp',
    owner: 'platform@contoso.com',
    runbook: 'https://runbooks.contoso.com/mcp',
    definedAt: `examples/slos/${slo}.yaml:${line}`,
    definitionHash: '5f0c8e2a91bb40d7a3c4e1f0'.padEnd(64, '0'),
    window: WINDOW,
    windowText: '28d',
  };
}

const NONE = { rows: 0, weight: 0 };

function objective(
  given: Partial<ObjectiveJudgement> & ReturnType<typeof judged>,
): ObjectiveJudgement {
  return {
    kind: 'objective',
    description: '',
    state: 'met',
    reason: '',
    targetText: '95 %',
    threshold: null,
    inScope: NONE,
    good: NONE,
    bad: NONE,
    excluded: [],
    unmeasurable: [],
    assumed: [],
    goodText: null,
    ratioWithoutExclusions: null,
    interval: null,
    budget: null,
    burnPairs: [],
    percentile: null,
    ...given,
  };
}

function control(given: Partial<ControlJudgement> & ReturnType<typeof judged>): ControlJudgement {
  return {
    kind: 'control',
    description: '',
    state: 'met',
    reason: '',
    population: 0,
    classified: 0,
    violating: 0,
    unobservable: 0,
    unobservableBy: [],
    doubts: [],
    violations: [],
    violationsNotListed: 0,
    ...given,
  };
}

const same = (rows: number) => ({ rows, weight: rows });

function pair(name: string, long: string, short: string, threshold: number, burn: number) {
  return {
    name,
    severity: name.startsWith('page') ? 'page' : 'ticket',
    long,
    short,
    threshold,
    longBurnRate: burn,
    shortBurnRate: burn * 0.9,
    state: burn * 0.9 > threshold ? 'firing' : 'quiet',
  };
}

export const judgements: readonly Judgement[] = [
  objective({
    ...judged('auth-success', 'Auth success', 3),
    description: 'Requests with a credential are let in.',
    state: 'met',
    reason: '99.9412 % good, where 99.9 % was promised.',
    targetText: '99.9 %',
    inScope: same(104_126),
    good: same(101_880),
    bad: same(60),
    excluded: [
      { id: 'oauth-discovery', reason: 'A 401 to a request without a credential.', ...same(2_186) },
    ],
    goodText: '99.9412 %',
    ratioWithoutExclusions: 0.97843,
    interval: { low: 0.99924, high: 0.99954, confidence: '0.95' },
    budget: {
      consumedRatio: 0.5886,
      remainingRatio: 0.4114,
      allowedEvents: 101.94,
      remainingEvents: 41.94,
    },
    burnPairs: [pair('page-quick', '1h', '5m', 14.4, 0.2), pair('ticket-slow', '3d', '6h', 1, 0.6)],
  }),
  objective({
    ...judged('read-only-latency', 'Read-only tool calls, p95 under 1500 ms', 4),
    description: 'Read-only tool calls inside the region answer in time.',
    state: 'breached',
    reason: '93.8112 % good, where 95 % was promised.',
    threshold: { field: 'latency_ms', op: 'lt', value: 1500 },
    inScope: same(79_720),
    good: same(73_010),
    bad: same(4_817),
    excluded: [
      { id: 'refused', reason: 'Refused before execution; fast answers flatter.', ...same(911) },
    ],
    unmeasurable: [{ id: 'no-latency', reason: 'No latency was logged.', ...same(982) }],
    assumed: [
      {
        id: 'region-unknown',
        reason: 'The inventory names no region; counted as intra-region.',
        ...same(312),
      },
    ],
    goodText: '93.8112 %',
    ratioWithoutExclusions: 0.9388,
    interval: { low: 0.9364, high: 0.93979, confidence: '0.95' },
    budget: {
      consumedRatio: 1.23776,
      remainingRatio: -0.23776,
      allowedEvents: 3_891.35,
      remainingEvents: -925.65,
    },
    burnPairs: [
      pair('page-quick', '1h', '5m', 14.4, 3.2),
      pair('page-slow', '6h', '30m', 6, 3.4),
      pair('ticket-quick', '1d', '2h', 3, 3.6),
      pair('ticket-slow', '3d', '6h', 1, 3.5),
    ],
    percentile: { share: 0.95, value: 1_874.2 },
  }),
  objective({
    ...judged('write-latency', 'Write tool calls, p95 under 4000 ms without human approval', 4),
    description: 'Write tool calls answer in time, the wait for a human decision left out.',
    state: 'at_risk',
    reason: '96.0112 % good, where 95 % was promised; 79.7 % of the budget is used.',
    threshold: { field: 'active_latency_ms', op: 'lt', value: 4000 },
    inScope: same(16_400),
    good: same(15_610),
    bad: same(648),
    unmeasurable: [
      {
        id: 'approval-wait-unknown',
        reason: 'An approval was required and its wait is not known.',
        ...same(142),
      },
    ],
    goodText: '96.0142 %',
    interval: { low: 0.957, high: 0.9631, confidence: '0.95' },
    budget: {
      consumedRatio: 0.7971,
      remainingRatio: 0.2029,
      allowedEvents: 812.9,
      remainingEvents: 164.9,
    },
    burnPairs: [pair('ticket-slow', '3d', '6h', 1, 1.02)],
    percentile: { share: 0.95, value: 3_702.8 },
  }),
  control({
    ...judged('unowned-agents', 'Unknown or unowned production agents', 3),
    description: 'Every agent that calls a production server is in the inventory and has an owner.',
    state: 'breached',
    reason: '2 of 11 production agents are unknown or without an owner.',
    population: 11,
    classified: 11,
    violating: 2,
    violations: [
      {
        subject: { agent_id: 'c41e77d0-53c2-4d1b-9f0e-6a1f2b9d8e10' },
        finding: 'unknown',
        explanation: 'Calls production and is in no inventory.',
        firstSeenAt: hourAt(120),
        lastSeenAt: hourAt(719),
        rows: 2_916,
        evidence: {},
      },
      {
        subject: { agent_id: 'night-batch' },
        finding: 'unowned',
        explanation: 'In the inventory, without an owner.',
        firstSeenAt: hourAt(0),
        lastSeenAt: hourAt(717),
        rows: 1_300,
        evidence: {},
      },
    ],
  }),
  control({
    ...judged('body-logging', 'Global response-body logging on MCP endpoints', 3),
    description: 'No API Management service logs response bodies for all APIs while it fronts MCP.',
    state: 'not_provable',
    reason: 'None was seen, but 1 of 3 could not be observed.',
    population: 3,
    classified: 2,
    unobservable: 1,
    unobservableBy: [
      { id: 'bytes-absent', reason: 'The diagnostic states no body size.', subjects: 1 },
    ],
    doubts: ['The settings were last read 9 days ago.'],
  }),
  control({
    ...judged('approval-bypass', 'Approval bypasses for destructive tools', 3),
    description: 'No destructive tool call runs without an approval that covers it.',
    state: 'breached',
    reason: '7 of 626 destructive calls ran without an approval that covers them.',
    population: 626,
    classified: 619,
    violating: 7,
    unobservable: 7,
    unobservableBy: [
      { id: 'decision-undated', reason: 'When it was approved is not known.', subjects: 7 },
    ],
    violations: Array.from({ length: 5 }, (_, index) => ({
      subject: { call_id: `0c5f000${index}-7a21-4c11-9b6e-5a90d1c2e3f4` },
      finding: index < 3 ? 'declared-not-required' : 'approved-too-late',
      explanation:
        index < 3
          ? 'Evidence says no approval was required; the inventory says one is.'
          : 'The approval was decided after execution began.',
      firstSeenAt: hourAt(600 + index),
      lastSeenAt: hourAt(600 + index),
      rows: 1,
      evidence: { server_id: 'billing-mcp', tool_name: 'delete_invoice' },
    })),
    violationsNotListed: 2,
  }),
];
