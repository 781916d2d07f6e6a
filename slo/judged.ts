import type { TimeWindow } from '../core/window.ts';
import type { Control, Objective } from './definition.ts';
import { durationText } from './duration.ts';
import type { Evidence } from './evidence.ts';
import type { EvidenceSummary } from './judgement.ts';
import { at as placeText } from './place.ts';

/** What every judgement says of its definition and its evidence. */
export function judged(definition: Objective | Control, window: TimeWindow, evidence: Evidence) {
  const { slo, displayName, description, service, owner, runbook, windowText } = definition;
  return {
    slo,
    displayName,
    description,
    service,
    owner,
    runbook,
    definedAt: placeText(definition.place),
    definitionHash: definition.hash,
    window,
    windowText,
    onInconclusive: definition.onInconclusive,
    evidence: summaryOf(evidence, definition.sliceMs),
    // Told of all definitions together.
    blindness: null,
  };
}

function summaryOf(
  { stale: _, measuredMs: __, ...evidence }: Evidence,
  sliceMs: number,
): EvidenceSummary {
  return { ...evidence, slice: durationText(sliceMs) };
}
