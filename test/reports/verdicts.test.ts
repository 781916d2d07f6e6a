import { expect, test } from 'vitest';
import { formatListing } from '../../reports/formats/format.ts';
import type { Judgement, ObjectiveJudgement } from '../../reports/judgement.ts';
import { inBrief } from '../../reports/listing.ts';
import { verdictListing, verdictReasons } from '../../reports/verdicts.ts';
import { judgements } from './fleet-judgements.ts';
import { HOSTILE } from './hostile.ts';

test('a table has a line for each verdict: measured, target, what is left', () => {
  expect(formatListing('table', inBrief(verdictListing(judgements)))).toBe(
    [
      'state         objective                                                   measured                  target          budget_left  window',
      '────────────  ──────────────────────────────────────────────────────────  ────────────────────────  ──────────────  ───────────  ──────',
      'met           Auth success                                                99.9412 %                 99.9 %               41.1 %  28d',
      'breached      Read-only tool calls, p95 under 1500 ms                     93.8112 %, p95 1,874 ms   95 % < 1500 ms      -23.8 %  28d',
      'at_risk       Write tool calls, p95 under 4000 ms without human approval  96.0142 %, p95 3,703 ms   95 % < 4000 ms       20.3 %  28d',
      'breached      Unknown or unowned production agents                        2 of 11                   0                         -  28d',
      'not_provable  Global response-body logging on MCP endpoints               0 of 3, 1 unobservable    0                         -  28d',
      'breached      Approval bypasses for destructive tools                     7 of 626, 7 unobservable  0                         -  28d',
      '6 rows',
      '',
    ].join('\n'),
  );
});

test('each row has the numbers behind the verdict', () => {
  const { rows } = verdictListing(judgements);

  expect(rows[1]).toMatchObject({
    kind: 'objective',
    in_scope: 79_720,
    good: 73_010,
    bad: 4_817,
    excluded: '911',
    unmeasurable: '982',
  });
  expect(rows[5]).toMatchObject({
    kind: 'control',
    population: 626,
    violating: 7,
    unobservable: 7,
  });
});

test('what nobody measured is said so, and has no budget', () => {
  const [first] = judgements as readonly Extract<Judgement, { kind: 'objective' }>[];
  const { rows } = verdictListing(first ? [{ ...first, goodText: null, budget: null }] : []);

  expect(rows[0]).toMatchObject({ measured: 'nothing', budget_left: null });
});

test('the reasons: sums that add up, alerts that fire, subjects that violate and how many more', () => {
  expect(verdictReasons(judgements)).toBe(`\
Auth success: met. 99.9412 % good, where 99.9 % was promised.
  104,126 in scope = 101,880 good + 60 bad + 2,186 oauth-discovery
  without exclusions 97.8 % would be good

Read-only tool calls, p95 under 1500 ms: breached. 93.8112 % good, where 95 % was promised.
  79,720 in scope = 73,010 good + 4,817 bad + 911 refused + 982 no-latency
  without exclusions 93.9 % would be good
  ! ticket ticket-quick: burns at 3.6 over 1d and 3.2 over 2h, the limit is 3
  ! ticket ticket-slow: burns at 3.5 over 3d and 3.2 over 6h, the limit is 1

Write tool calls, p95 under 4000 ms without human approval: at risk. 96.0112 % good, where 95 % was promised; 79.7 % of the budget is used.
  16,400 in scope = 15,610 good + 648 bad + 142 approval-wait-unknown

Unknown or unowned production agents: breached. 2 of 11 production agents are unknown or without an owner.
  - c41e77d0-53c2-4d1b-9f0e-6a1f2b9d8e10: Calls production and is in no inventory.
  - night-batch: In the inventory, without an owner.

Global response-body logging on MCP endpoints: not provable. None was seen, but 1 of 3 could not be observed.

Approval bypasses for destructive tools: breached. 7 of 626 destructive calls ran without an approval that covers them.
${[0, 1, 2].map((n) => `  - 0c5f000${n}-7a21-4c11-9b6e-5a90d1c2e3f4: Evidence says no approval was required; the inventory says one is.\n`).join('')}\
${[3, 4].map((n) => `  - 0c5f000${n}-7a21-4c11-9b6e-5a90d1c2e3f4: The approval was decided after execution began.\n`).join('')}\
  - and 2 more; --format json lists them
`);
});

test.each(Object.entries(HOSTILE))('a subject named %s cannot act in a terminal', (_, name) => {
  const controls = judgements.filter((each) => each.kind === 'control');
  const hostile = controls.map((each) => ({
    ...each,
    violations: each.violations.map((violation) => ({ ...violation, subject: { id: name } })),
  }));
  const text = verdictReasons(hostile);

  expect(text).toContain('  - ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\ud800]/);
  expect(text.split('\n')).toHaveLength(verdictReasons(controls).split('\n').length);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1_000);
});

test('what the rows show beside the verdict, and alerts that wake nobody', () => {
  const [first] = judgements.filter(
    (each): each is ObjectiveJudgement =>
      each.kind === 'objective' && each.burnPairs.some(({ state }) => state === 'firing'),
  );
  if (!first) throw new Error('no objective whose alerts fire');
  const [muted, suppressed] = first.burnPairs.filter(({ state }) => state === 'firing');
  const text = verdictReasons([
    {
      ...first,
      burnPairs: [
        { ...(muted as ObjectiveJudgement['burnPairs'][0]), isMuted: true },
        { ...(suppressed as ObjectiveJudgement['burnPairs'][0]), isSuppressed: true },
      ],
      notes: Array.from({ length: 5 }, (_, no) => ({
        id: 'exclusion-dominates',
        text: `note ${no}`,
      })),
    },
  ]);

  expect(text).toContain('the limit is 3 (muted: a maintenance takes place)\n');
  expect(text).toContain('the limit is 1 (suppressed: a page fires)\n');
  expect(text).toContain('  * note 2 [exclusion-dominates]\n');
  expect(text).not.toContain('note 3');
  expect(text).toContain('  * and 2 more; --format json lists them\n');
});
