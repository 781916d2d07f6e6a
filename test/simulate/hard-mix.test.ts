import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULT_NAMES } from '../../simulate/fault-table.ts';
import { HARD_MIX } from '../../simulate/faults.ts';
import type { Truth } from '../../simulate/ground-truth.ts';
import type { SimulationSummary } from '../../simulate/simulate.ts';
import { emptyFolder, filesBelow, simulateInto, truthsOf } from './fleet-files.ts';

const CALLS = 12_000;
const hard = { faults: HARD_MIX, calls: CALLS, profile: 'lean' } as const;

describe('the hard mix', () => {
  const folder = emptyFolder(true);
  let truths: Truth[];
  let summary: SimulationSummary;
  beforeAll(async () => {
    summary = await simulateInto(folder, hard);
    truths = truthsOf(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const shareOf = (is: (truth: Truth) => boolean) => truths.filter(is).length / CALLS;
  const has =
    (...names: readonly string[]) =>
    ({ faults }: Truth) =>
      names.some((name) => faults.includes(name));

  test('has what the benchmark of correlation asks for', () => {
    expect(shareOf(has('no_trace'))).toBeCloseTo(0.3, 1.7);
    expect(
      shareOf((truth) => truth.mcp_session_id === null || has('no_session')(truth)),
    ).toBeCloseTo(0.25, 1.6);
    expect(shareOf(has('no_gateway_agent', 'no_server_agent'))).toBeCloseTo(0.1, 1.8);
    expect(shareOf(has('duplicates'))).toBeCloseTo(0.03, 2);
    const skews = truths.map(({ clock_skew_ms }) => clock_skew_ms);
    expect(Math.max(...skews)).toBeGreaterThan(1_250);
    expect(Math.min(...skews)).toBeLessThan(-1_250);
    expect(Math.max(...skews.map(Math.abs))).toBeLessThanOrEqual(1_500);
  });

  test('has some of every fault', () => {
    expect(FAULT_NAMES.filter((name) => HARD_MIX[name] === 0)).toEqual(['no_agent', 'other_agent']);
    // Those of the noise, the clocks and the files are no faults of single calls.
    const ofCalls = FAULT_NAMES.filter(
      (name) =>
        !/_ms$|^(no_agent|other_agent|session_per_call|shared_trace|shuffled|challenges|streams|handshakes|sampled)$/.test(
          name,
        ),
    );
    expect(ofCalls.filter((name) => !truths.some(has(name)))).toEqual([]);
  });

  test('is decided for nearly all of its calls, by every rung, but not for all', () => {
    const { calls_by_decidable, decided_calls } = summary;

    expect(decided_calls / CALLS).toBeGreaterThan(0.95);
    expect(decided_calls / CALLS).toBeLessThan(0.99);
    expect(calls_by_decidable['operation_id']).toBeGreaterThan(CALLS / 2);
    expect(calls_by_decidable['session']).toBeGreaterThan(CALLS / 10);
    expect(calls_by_decidable['agent']).toBeGreaterThan(CALLS / 30);
    for (const { decidable, decided, rivals, correlation_id, server_span_id } of truths) {
      if (decided) expect(rivals).toBe(0);
      if (decidable === 'none') continue;
      expect([decided, correlation_id === null, server_span_id === null]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  test('adds up to its summary', () => {
    const count = (is: (truth: Truth) => boolean) => truths.filter(is).length;

    expect(summary.decided_calls).toBe(count(({ decided }) => decided));
    for (const [rung, calls] of Object.entries(summary.calls_by_decidable)) {
      expect(count(({ decidable }) => decidable === rung)).toBe(calls);
    }
    for (const [fault, calls] of Object.entries(summary.calls_by_fault)) {
      expect(count(has(fault))).toBe(calls);
    }
  });
});

test.each(['lean', 'fleet'] as const)(
  'one seed writes the same %s bytes twice',
  async (profile) => {
    const [first, second, other] = [emptyFolder(), emptyFolder(), emptyFolder()];
    const options = { ...hard, profile, calls: 1_500 };

    await simulateInto(first, options);
    await simulateInto(second, options);
    await simulateInto(other, { ...options, seed: 8 });

    expect(hashesOf(second)).toEqual(hashesOf(first));
    expect(hashesOf(other)).not.toEqual(hashesOf(first));
  },
);

function hashesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    [...filesBelow(folder)].map(([name, bytes]) => [
      name,
      createHash('sha256').update(bytes).digest('hex'),
    ]),
  );
}
