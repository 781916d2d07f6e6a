import type { Definition, Objective } from './definition.ts';
import type { Blindness, Judgement } from './judgement.ts';

/**
 * Judgements with the telemetry that they lack. An alert that cannot be told is no alert that is off:
 * what is missing is an alert of its own, and names all that it blinds.
 */
export function withBlindness(
  judged: readonly { readonly definition: Definition; readonly judgement: Judgement }[],
): Judgement[] {
  const missing = judged.map(({ definition, judgement }) => missingOf(definition, judgement));
  const keys = missing.map((each) => JSON.stringify(each));
  return judged.map(({ judgement }, index) => {
    const own = missing[index];
    if (!own) return judgement;
    const blinded = judged.filter((_, other) => keys[other] === keys[index]);
    const blinds = [...new Set(blinded.map(({ definition: { slo } }) => slo))];
    return { ...judgement, blindness: { ...own, blinds } };
  });
}

function missingOf(definition: Definition, judgement: Judgement): Omit<Blindness, 'blinds'> | null {
  const { source } = definition;
  const { dataState, evidence } = judgement;
  if (dataState === 'no_telemetry') return { state: 'no_telemetry', source, since: null };
  if (dataState === 'stale') return { state: 'stale', source, since: evidence.newestAt };
  if (judgement.kind === 'control' || evidence.newestAt === null) return null;
  const { burnRules } = definition as Objective;
  const silentMs = Date.parse(judgement.window.to) - Date.parse(evidence.newestAt);
  const isBlind = judgement.burnPairs.some(
    ({ state }, index) =>
      (state === 'unknown' || state === 'frozen') &&
      silentMs > (burnRules[index]?.shortMs ?? Number.POSITIVE_INFINITY),
  );
  return isBlind ? { state: 'no_telemetry', source, since: evidence.newestAt } : null;
}
