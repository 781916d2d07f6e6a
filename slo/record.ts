import type { Store } from '../store/store.ts';
import type { ControlJudgement, Judgement, ObjectiveJudgement, RuleCount } from './judgement.ts';

/** Keeps judgements in slo_verdicts and control_verdicts, all or none; only `run` does. */
export async function recordVerdicts(
  store: Store,
  judgements: readonly Judgement[],
  { judgedAt }: { readonly judgedAt: Date },
): Promise<void> {
  await store.addTogether(['slo_verdicts', 'control_verdicts'], async (near) => {
    for (const judgement of judgements) {
      if (judgement.kind === 'objective') await recordObjective(near, judgement, judgedAt);
      else await recordControl(near, judgement, judgedAt);
    }
  });
}

function shared({ slo, window, state, reason, definitionHash }: Judgement, judgedAt: Date) {
  return {
    slo,
    window_from: window.from,
    window_to: window.to,
    state,
    reason,
    definition_hash: definitionHash,
    judged_at: judgedAt.toISOString(),
  };
}

async function recordObjective(store: Store, judgement: ObjectiveJudgement, judgedAt: Date) {
  const { objective, targetPpm, good, bad, excluded, unmeasurable, inScope } = judgement;
  await store.query('slo/record_slo_verdict.sql', {
    ...shared(judgement, judgedAt),
    objective,
    target_ppm: targetPpm,
    good: String(good.weight),
    bad: String(bad.weight),
    excluded: weightOf(excluded),
    unmeasurable: weightOf(unmeasurable),
    in_scope: String(inScope.weight),
  });
}

async function recordControl(store: Store, judgement: ControlJudgement, judgedAt: Date) {
  const { population, classified, violating, unobservable } = judgement;
  await store.query('slo/record_control_verdict.sql', {
    ...shared(judgement, judgedAt),
    population,
    classified,
    violating,
    unobservable,
  });
}

function weightOf(rules: readonly RuleCount[]): string {
  return rules.reduce((sum, { weight }) => sum + BigInt(weight), 0n).toString();
}
