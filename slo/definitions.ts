import type { Control, Objective, SloDefinitions } from './definition.ts';
import { type Documents, readDocuments, type SloDocument } from './documents.ts';
import { durationMs, isCalendarUnit } from './duration.ts';
import { at, definitionInvalid, type Place } from './place.ts';
import { readControl } from './read-control.ts';
import { readObjectives } from './read-objective.ts';
import { refuseStrayWaivers } from './read-waivers.ts';
import type { SliSpec, SloSpec } from './slo-spec.ts';

/** An SLO with its window and indicator found, ready to be read as what it promises. */
export interface SloInput {
  readonly documents: Documents;
  readonly document: SloDocument<SloSpec>;
  readonly annotation: (name: string) => string | undefined;
  readonly windowMs: number;
  readonly windowText: string;
  readonly indicator: SliSpec;
  readonly indicatorPlace: Place;
  readonly indicatorPath: readonly (string | number)[];
}

/**
 * Reads OpenSLO v1 files. Whatever is wrong or not supported is refused with file, line and fix,
 * because a promise that is half understood is worse than none.
 */
export function loadDefinitions(paths: readonly string[]): SloDefinitions {
  const documents = readDocuments(paths);
  const warnings: string[] = [];
  const definitions = documents
    .ofKind<SloSpec>('SLO')
    .flatMap((document) => readSlo(documents, document, warnings));
  const controls = definitions.filter(({ kind }) => kind === 'control').map(({ slo }) => slo);
  refuseStrayWaivers(documents, controls);
  return { definitions, warnings };
}

function readSlo(
  documents: Documents,
  document: SloDocument<SloSpec>,
  warnings: string[],
): (Objective | Control)[] {
  const { spec, place, metadata } = document;
  if (!documents.find('Service', spec.service)) {
    warnings.push(`${at(place, ['spec', 'service'])}: no Service is named '${spec.service}'.`);
  }
  if (spec.budgetingMethod !== 'Occurrences') {
    throw definitionInvalid(
      place,
      ['spec', 'budgetingMethod'],
      `'budgetingMethod: ${spec.budgetingMethod}' is not supported.`,
      "Write 'Occurrences', which counts rows.",
    );
  }
  const input: SloInput = {
    documents,
    document,
    annotation: (name) => metadata.annotations?.[`slo.mcp/${name}`],
    ...windowOf(spec, place, warnings),
    ...indicatorOf(documents, spec, place),
  };
  const type = input.annotation('objective-type');
  if (type === undefined) {
    throw definitionInvalid(
      place,
      ['metadata'],
      "the annotation 'slo.mcp/objective-type' is missing.",
      'Write one of: ratio, threshold-latency, percentile, zero-count.',
    );
  }
  return type === 'zero-count' ? [readControl(input)] : readObjectives(input, type);
}

function windowOf(spec: SloSpec, place: Place, warnings: string[]) {
  const path = ['spec', 'timeWindow', 0];
  const [window] = spec.timeWindow;
  if (!window || window.calendar !== undefined || window.isRolling !== true) {
    throw definitionInvalid(
      place,
      path,
      'only rolling time windows are supported.',
      "Write 'isRolling: true' and no 'calendar'.",
    );
  }
  if (isCalendarUnit(window.duration)) {
    warnings.push(
      `${at(place, path)}: a rolling '${window.duration}' is taken as ${durationMs(window.duration) / 86_400_000} days.`,
    );
  }
  return { windowMs: durationMs(window.duration), windowText: window.duration };
}

function indicatorOf(documents: Documents, spec: SloSpec, place: Place) {
  if ((spec.indicator === undefined) === (spec.indicatorRef === undefined)) {
    throw definitionInvalid(
      place,
      ['spec'],
      "an SLO has either an 'indicator' or an 'indicatorRef'.",
      'Write exactly one of the two.',
    );
  }
  if (spec.indicator) {
    const indicatorPath = ['spec', 'indicator', 'spec'];
    return { indicator: spec.indicator.spec, indicatorPlace: place, indicatorPath };
  }
  const sli = documents.find<SliSpec>('SLI', spec.indicatorRef ?? '');
  if (!sli) {
    throw definitionInvalid(
      place,
      ['spec', 'indicatorRef'],
      `there is no SLI named '${spec.indicatorRef}'.`,
      'Load the file that holds it, or write the indicator in the SLO.',
    );
  }
  return { indicator: sli.spec, indicatorPlace: sli.place, indicatorPath: ['spec'] };
}
