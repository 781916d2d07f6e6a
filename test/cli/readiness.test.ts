import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Fleet, makeFleet } from './fleet.ts';
import { envelopeIn } from './formats.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

test('a criterion is a row, and beneath the table stands what keeps a checkpoint closed', async () => {
  const { code, out } = await ask(['readiness', '--config', fleet.config]);

  expect(code).toBe(6);
  expect(out).toMatch(/^checkpoint +state +title +measured +required\n/);
  expect(out).toMatch(/\nread_only +met +Latency measurable +\d+ of \d+ +at least 99 %\n/);
  expect(out).toMatch(/\nwrite +breached +No approval bypassed +\d+ of \d+ violate +0\n/);
  expect(out).toMatch(
    /each session +\d+ of \d+: p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms +at least 95 %\n/,
  );
  expect(out).toMatch(/\n\nInventory before exposure: not ready, \d of 5 criteria hold\n/);
  expect(out).toMatch(
    /\n {2}- Agents known, owned and not expired: breached\. unowned-agents: \d+ of \d+ violate\.\n {4}Write the agent/,
  );
});

test('json has the numbers of each criterion, which add up', async () => {
  const args = ['readiness', '--of', 'write', '--format', 'json', '--config', fleet.config];
  const { code, out } = await ask(args);
  const { rows } = envelopeIn(out);

  expect(code).toBe(6);
  expect(rows.map((row) => row['criterion'])).toEqual([
    'approved_write_path',
    'approval_explicit',
    'approval_bypass',
    'caller_preserved',
    'identity_scoped',
  ]);
  for (const { population, satisfied, failing, unobservable } of rows) {
    expect(Number(population)).toBe(Number(satisfied) + Number(failing) + Number(unobservable));
  }
});

test('where nothing was seen nothing is ready, and nothing is breached', async () => {
  const window = ['--from', '2020-01-01', '--to', '2020-01-02'];
  const args = ['readiness', '--of', 'scale', ...window, '--format', 'json'];
  const { code, out } = await ask([...args, '--config', fleet.config]);
  const states = new Set(envelopeIn(out).rows.map((row) => row['state']));

  expect(code).toBe(5);
  expect([...states].sort()).toEqual(['insufficient_data', 'not_provable']);
});
