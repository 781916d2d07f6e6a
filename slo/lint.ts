import type { Control, Definition, Objective } from './definition.ts';
import type { Documents, SloDocument } from './documents.ts';
import { durationText } from './duration.ts';
import type { Maintenance } from './maintenance.ts';
import { percent } from './objective-verdict.ts';
import { at, type Place } from './place.ts';
import { compare, ONE, subtract } from './rational.ts';
import type { SloSpec } from './slo-spec.ts';

/** Something about a definition that is not wrong and deserves a look. */
export interface Lint {
  readonly id: string;
  readonly level: 'warning' | 'info';
  readonly place: Place;
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export function lintText({ place, path, text, id }: Lint): string {
  return `${at(place, path)}: ${text} [${id}]`;
}

/** What can be seen without any rows; `doubtsOnCounts` looks at what the rows show. */
export function lintDefinitions(
  documents: Documents,
  definitions: readonly (Objective | Control)[],
): Lint[] {
  const maintenance = new Set<Maintenance>();
  const lints = definitions.flatMap((each) => {
    if (each.kind === 'control') return retentionLints(each);
    for (const planned of each.maintenance) maintenance.add(planned);
    const document = documents.find<SloSpec>('SLO', each.slo);
    return [
      ...retentionLints(each),
      ...alertLints(each, document),
      ...percentileLints(each, document),
      ...eventLints(each),
      ...exclusionLints(each),
    ];
  });
  return [...lints, ...[...maintenance].flatMap(maintenanceLints), ...unusedPolicies(documents)];
}

/** What is gone before a window begins can only be missed by it. */
function retentionLints({ retentionMs, windowMs, windowText, place }: Definition): Lint[] {
  if (retentionMs === null || retentionMs >= windowMs) return [];
  const text = `the data source keeps rows for ${durationText(retentionMs)}, which is less than the window of ${windowText}.`;
  return [
    { id: 'retention-too-short', level: 'warning', place, path: ['spec', 'timeWindow'], text },
  ];
}

function alertLints(objective: Objective, document: SloDocument<SloSpec> | undefined): Lint[] {
  const { burnRules, place } = objective;
  if (burnRules.length === 0) {
    const { path, why } = whyNoAlerts(objective, document);
    const text = `no alert watches this objective: ${why}.`;
    return [{ id: 'no-alerts', level: 'info', place, path, text }];
  }
  return burnRules
    .filter(({ longMs, shortMs }) => shortMs * 12 !== longMs)
    .map(({ name, longMs, shortMs }) => ({
      id: 'short-not-twelfth',
      level: 'info',
      place,
      path: ['spec', 'alertPolicies'],
      text: `the short window of '${name}', ${durationText(shortMs)}, is not a twelfth of ${durationText(longMs)}.`,
    }));
}

function whyNoAlerts(
  { windowText }: Objective,
  document: SloDocument<SloSpec> | undefined,
): { readonly path: Lint['path']; readonly why: string } {
  const annotation = 'slo.mcp/burn-policy';
  if (document?.spec.alertPolicies) {
    return { path: ['spec', 'alertPolicies'], why: 'its alertPolicies name none' };
  }
  if (document?.metadata.annotations?.[annotation] === 'none') {
    return { path: ['metadata', 'annotations', annotation], why: `${annotation} is 'none'` };
  }
  const why = `there are no standard burn rules for a window of ${windowText}; name alertPolicies, or write the annotation ${annotation}`;
  return { path: ['spec', 'timeWindow'], why };
}

const PERCENTILE = 'slo.mcp/percentile';

/** 'p99 below 1500 ms' is a promise about 99 % of the rows; beside another target it is only shown. */
function percentileLints(
  { good, target, targetText, timeslice, place }: Objective,
  document: SloDocument<SloSpec> | undefined,
): Lint[] {
  const path = ['metadata', 'annotations', PERCENTILE];
  if (good.kind !== 'latency') {
    if (document?.metadata.annotations?.[PERCENTILE] === undefined) return [];
    const text = `${PERCENTILE} changes nothing: a ratio has no percentile; leave it out, or hold a column against a limit with 'thresholdMetric'.`;
    return [{ id: 'percentile-of-ratio', level: 'warning', place, path, text }];
  }
  if (timeslice !== null || compare(good.percentile, target) === 0) return [];
  const text = `the percentile that is shown is that of ${percent(good.percentile)}, and ${targetText} is what is promised and judged; write the same share in both.`;
  return [{ id: 'percentile-not-target', level: 'warning', place, path, text }];
}

function eventLints({ minEvents, target, place }: Objective): Lint[] {
  const allowed = subtract(ONE, target);
  if (minEvents * allowed.num >= allowed.den) return [];
  const path = ['metadata', 'annotations', 'slo.mcp/min-events'];
  const needed = (allowed.den + allowed.num - 1n) / allowed.num;
  const text = `with ${minEvents} events one bad one is more than the whole budget; ${needed} are the least that can be judged.`;
  return [{ id: 'min-events-below-1/e', level: 'info', place, path, text }];
}

function exclusionLints({ exclude, indicatorPlace }: Objective): Lint[] {
  return exclude
    .filter(({ owner, ticket }) => owner === null || ticket === null)
    .map(({ id, path, owner }) => ({
      id: 'exclusion-without-owner',
      level: 'info',
      place: indicatorPlace,
      path: path.slice(0, -1),
      text: `the exclusion '${id}' does not say ${owner === null ? 'who answers for it' : 'where it was decided'}: write 'owner' and 'ticket'.`,
    }));
}

function maintenanceLints({ name, declaredAtMs, firstStartMs, place }: Maintenance): Lint[] {
  if (declaredAtMs <= firstStartMs) return [];
  const text = `the maintenance '${name}' was declared after it had begun, and counts only where that is allowed.`;
  return [
    { id: 'retroactive-maintenance', level: 'warning', place, path: ['spec', 'declaredAt'], text },
  ];
}

const REFERENCES: Readonly<Record<string, string>> = {
  alertPolicyRef: 'AlertPolicy',
  conditionRef: 'AlertCondition',
};

function unusedPolicies(documents: Documents): Lint[] {
  const used = new Set(documents.all().flatMap(({ spec }) => referencesIn(spec)));
  return documents
    .all()
    .filter(({ kind }) => Object.values(REFERENCES).includes(kind))
    .filter(({ kind, metadata }) => !used.has(`${kind}/${metadata.name}`))
    .map(({ kind, metadata, place }) => ({
      id: 'unused-policy',
      level: 'info',
      place,
      path: ['metadata', 'name'],
      text: `nothing refers to the ${kind} '${metadata.name}'.`,
    }));
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const kind = REFERENCES[key];
    return kind === undefined ? referencesIn(each) : [`${kind}/${String(each)}`];
  });
}
