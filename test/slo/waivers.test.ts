import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { verdictReasons } from '../../reports/verdicts.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ControlJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { changed, load } from './documents.ts';
import { AT, insertCalls, insertInventory, insertLife } from './rows.ts';

const CONTROL = readFileSync(packagePath('examples/slos/unowned-agents.yaml'), 'utf8');

const WAIVER = `---
apiVersion: mcp-slo/v1alpha1
kind: Waiver
metadata: { name: pilot }
spec:
  control: unowned-agents
  subject: { subject: pilot-bot }
  finding: unknown-agent
  reason: is being registered
  approver: ciso@contoso.com
  ticket: SEC-12
  from: 2026-11-01
  expiresAt: 2026-12-01
`;

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await insertLife(store, ['gateway', 'server']);
  await insertCalls(store, [{ agent_id: 'pilot-bot' }]);
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

async function judged(waiver = WAIVER, honorsWaivers = false): Promise<ControlJudgement> {
  const definitions = load(`${CONTROL}${waiver}`);
  const [judgement] = await judgeAll(store, definitions, { at: AT, honorsWaivers });
  if (judgement?.kind !== 'control') throw new Error('not a control');
  return judgement;
}

test('a waived violation is a violation, and is said to be waived', async () => {
  const judgement = await judged();

  expect(judgement).toMatchObject({
    state: 'breached',
    reason: '1 of 2 violate, of which 1 waived.',
    violating: 1,
    waived: 1,
    honorsWaivers: false,
    violations: [{ subject: { subject: 'pilot-bot' }, waiver: 'pilot' }],
    waivers: [{ name: 'pilot', state: 'in_force', subjects: 1, approver: 'ciso@contoso.com' }],
  });
  expect(verdictReasons([judgement])).toContain(
    '  - pilot-bot: acts in production and is not in the inventory (waived: pilot)\n' +
      '  ~ waiver pilot: in force, 1 subject, until 2026-12-01, by ciso@contoso.com: is being registered\n',
  );
});

test('where waivers count, it is let pass, and nothing else is', async () => {
  expect(await judged(WAIVER, true)).toMatchObject({
    state: 'met',
    reason: '1 of 2 violate, all of them waived; all were observed.',
    violating: 1,
    waived: 1,
  });

  await insertCalls(store, [{ agent_id: 'stray-bot' }]);
  expect(await judged(WAIVER, true)).toMatchObject({
    state: 'breached',
    reason: '2 of 3 violate, of which 1 waived.',
  });
});

test('a waiver is no proof: what was not seen is still not seen', async () => {
  await insertCalls(store, [{ agent_id: 'other', server_id: 'server-9' }]);

  expect(await judged(WAIVER, true)).toMatchObject({
    state: 'not_provable',
    reason:
      '1 of 3 violate, all of them waived, but: 1 of 3 could not be observed: environment-unknown 1.',
  });
});

const others = {
  'an expired waiver': ['expiresAt: 2026-12-01', 'expiresAt: 2026-11-20', 'expired'],
  'a waiver that has not begun': ['from: 2026-11-01', 'from: 2026-11-21', 'not_yet'],
  'a waiver of another subject': ['pilot-bot }', 'pilot-bo }', 'unused'],
  'a waiver of another finding': ['finding: unknown-agent', 'finding: expired-agent', 'unused'],
} as const;

test.each(Object.entries(others))('%s waives nothing', async (_, [from, to, state]) => {
  expect(await judged(changed(WAIVER, from, to), true)).toMatchObject({
    state: 'breached',
    reason: '1 of 2 violate.',
    waivers: [{ state, subjects: 0 }],
  });
});

test('a waiver of one finding does not cover another of the same subject', async () => {
  const control = readFileSync(packagePath('examples/slos/approval-bypass.yaml'), 'utf8');
  const waiver = (name: string, finding: string) =>
    changed(
      changed(WAIVER, 'control: unowned-agents', 'control: approval-bypass'),
      '{ subject: pilot-bot }\n  finding: unknown-agent',
      `{ agent_id: pilot-bot }\n  finding: ${finding}`,
    ).replace('name: pilot', `name: ${name}`);
  const byAgent = changed(control, 'subject: [call_id]', 'subject: [agent_id]');
  const call = { agent_id: 'pilot-bot', tool_name: 'delete', executed: true };
  await insertCalls(store, [call, { ...call, evidence_approval_result: 'denied' }]);
  const state = async (...waivers: readonly string[]) => {
    const definitions = load(`${byAgent}${waivers.join('')}`);
    const [judgement] = await judgeAll(store, definitions, { at: AT, honorsWaivers: true });
    if (judgement?.kind !== 'control') throw new Error('not a control');
    return judgement;
  };

  const [first, second] = [waiver('one', 'no-approval'), waiver('two', 'not-approved')];

  expect(await state(first)).toMatchObject({
    state: 'breached',
    waived: 0,
    violations: [{ finding: 'no-approval', findings: ['no-approval', 'not-approved'] }],
    waivers: [{ name: 'one', state: 'in_force', subjects: 1 }],
  });
  expect(await state(first, second)).toMatchObject({
    waived: 1,
    violations: [{ waiver: 'one, two' }],
  });
});

test('a waiver without a finding waives whatever its subject violates', async () => {
  expect((await judged(changed(WAIVER, '  finding: unknown-agent\n', ''), true)).state).toBe('met');
});

const wrong = {
  'another control': [
    'control: unowned-agents',
    'control: unowned-agent',
    "there is no zero control named 'unowned-agent'.",
  ],
  'a part of a subject': [
    'subject: { subject: pilot-bot }',
    'subject: { agent: pilot-bot }',
    "a subject of 'unowned-agents' has the columns subject, and no others.",
  ],
  'another finding': [
    'finding: unknown-agent',
    'finding: unknown',
    "'unowned-agents' has no finding 'unknown'.",
  ],
  'no expiry': ['  expiresAt: 2026-12-01\n', '', "'expiresAt'"],
  'an expiry that is no time': ['2026-12-01', 'never', "'never' is no time in UTC."],
  'an expiry of some zone or other': [
    '2026-12-01',
    '2026-12-01T00:00:00',
    "'2026-12-01T00:00:00' is no time in UTC.",
  ],
  'an end before its beginning': [
    'expiresAt: 2026-12-01',
    'expiresAt: 2026-10-01',
    'the waiver has expired before it begins.',
  ],
  'a kind of ours that is none': ['kind: Waiver', 'kind: Exception', "'Exception' is not a kind"],
} as const;

describe('a waiver is refused with', () => {
  test.each(Object.entries(wrong))('%s', (_, [from, to, problem]) => {
    const text = `${CONTROL}${changed(WAIVER, from, to)}`;
    expect(() => load(text)).toThrow(problem);
    expect(() => load(text)).toThrow(/^slo\.yaml:[6-9]\d: /);
  });
});
