import { expect, test } from 'vitest';
import { burnState } from '../../slo/burn.ts';
import { type BurnRule, standardRules } from '../../slo/burn-rules.ts';
import { NOTHING } from '../../slo/count.ts';
import { rational } from '../../slo/rational.ts';
import { vectors } from './vectors.ts';

interface Scenario {
  readonly errorRatio: number;
  readonly incidentMinutes: number;
  readonly firing: Readonly<Record<'page' | 'ticket', readonly (readonly [number, number])[]>>;
  readonly equalityArtefact: string | null;
  readonly observedUntilMinute: number;
}

const { scenarios } = vectors<{ scenarios: readonly Scenario[] }>('promtool-timeline.json');
const rules = standardRules(30 * 86_400_000);
/** Errors per 10,000 calls, which come each minute. */
const CALLS = 10_000;
/** What a thousandth is of all calls: the allowance at 99.9 %. */
const burnOver = (minutes: number, bad: number) =>
  rational(BigInt(bad) * 1_000n, BigInt(minutes * CALLS));

/** Whether a rule fires at the end of that minute, with errors from minute 0 on. */
function isFiring(
  rule: BurnRule,
  { errorRatio, incidentMinutes }: Scenario,
  minute: number,
): boolean {
  const perMinute = Math.round(errorRatio * CALLS);
  const badIn = (ms: number) => {
    const since = Math.max(0, minute + 1 - ms / 60_000);
    return perMinute * Math.max(0, Math.min(incidentMinutes, minute + 1) - since);
  };
  const over = (ms: number) => burnOver(ms / 60_000, badIn(ms));
  const bad = BigInt(badIn(rule.longMs));
  const seen = { good: NOTHING, bad: { rows: bad, weight: bad } };
  return burnState(rule, over(rule.longMs), over(rule.shortMs), seen) === 'firing';
}

function segments(severity: string, scenario: Scenario): (readonly [number, number])[] {
  const those = rules.filter((rule) => rule.severity === severity);
  const found: [number, number][] = [];
  for (let minute = 0; minute <= scenario.observedUntilMinute; minute += 1) {
    if (!those.some((rule) => isFiring(rule, scenario, minute))) continue;
    const last = found.at(-1);
    if (last && last[1] === minute - 1) last[1] = minute;
    else found.push([minute, minute]);
  }
  return found;
}

const atEquality = scenarios.filter(({ equalityArtefact }) => equalityArtefact !== null);
const others = scenarios.filter(({ equalityArtefact }) => equalityArtefact === null);

test('alerts fire and resolve when those of Sloth do in Prometheus, within two minutes', () => {
  const differences = others.flatMap((scenario) =>
    (['page', 'ticket'] as const).flatMap((severity) => {
      const [ours, theirs] = [segments(severity, scenario), scenario.firing[severity]];
      const isSame =
        ours.length === theirs.length &&
        ours.every(([from, to], index) => {
          const [theirFrom = -9, theirTo = -9] = theirs[index] ?? [];
          return Math.abs(from - theirFrom) <= 2 && Math.abs(to - theirTo) <= 2;
        });
      return isSame ? [] : [{ errorRatio: scenario.errorRatio, severity, ours, theirs }];
    }),
  );

  expect(others).toHaveLength(14);
  expect(differences).toEqual([]);
});

test('trap: at exactly the threshold Prometheus fires through its floats, and this engine does not', () => {
  const named = {
    'page quick (14.4)': 0,
    'page slow (6)': 1,
    'ticket quick (3)': 2,
    'ticket slow (1)': 3,
  };

  expect(atEquality).toHaveLength(4);
  for (const scenario of atEquality) {
    const rule = rules[named[scenario.equalityArtefact as keyof typeof named]] as BurnRule;
    const minutes = Array.from({ length: scenario.observedUntilMinute }, (_, minute) => minute);

    expect(minutes.some((minute) => isFiring(rule, scenario, minute))).toBe(false);
  }
});
