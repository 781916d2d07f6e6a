import type { Control, Objective, SloDefinitions } from './definition.ts';
import {
  type Documents,
  ensureConformance,
  type ReadOptions,
  readDocuments,
  type SloDocument,
} from './documents.ts';
import { durationMs, isCalendarUnit } from './duration.ts';
import { lintDefinitions, lintText } from './lint.ts';
import { type Maintenance, type MaintenanceSpec, readMaintenance } from './maintenance.ts';
import { at, definitionInvalid, type Place } from './place.ts';
import { readControl } from './read-control.ts';
import { readObjectives } from './read-objective.ts';
import { refuseStrayWaivers } from './read-waivers.ts';
import { KINDS } from './schema/kinds.ts';
import type { SliSpec, SloSpec } from './slo-spec.ts';
import { readLocal, type WindowRule } from './windows.ts';
import { isZone } from './zone.ts';

/** An SLO with its window and indicator found, ready to be read as what it promises. */
export interface SloInput {
  readonly documents: Documents;
  readonly document: SloDocument<SloSpec>;
  readonly annotation: (name: string) => string | undefined;
  readonly windowMs: number;
  readonly windowText: string;
  readonly windowRule: WindowRule;
  readonly maintenance: readonly Maintenance[];
  readonly indicator: SliSpec;
  readonly indicatorPlace: Place;
  readonly indicatorPath: readonly (string | number)[];
}

/**
 * Reads OpenSLO v1 files. Whatever is wrong or not supported is refused with file, line and fix,
 * because a promise that is half understood is worse than none.
 */
export function loadDefinitions(
  paths: readonly string[],
  options: ReadOptions = {},
): SloDefinitions {
  const warnings: string[] = [];
  const documents = readDocuments(paths, options, warnings);
  const maintenance = documents.ofKind<MaintenanceSpec>('MaintenanceWindow').map(readMaintenance);
  const definitions = documents
    .ofKind<SloSpec>('SLO')
    .flatMap((document) => readSlo(documents, document, maintenance, warnings));
  const controls = definitions.filter(({ kind }) => kind === 'control').map(({ slo }) => slo);
  refuseStrayWaivers(documents, controls);
  // Last: what is wrong for both is told in the words of this engine.
  for (const { yaml, kind } of documents.all()) if (kind in KINDS) ensureConformance(yaml);
  const lints = lintDefinitions(documents, definitions);
  const ofLevel = (level: string) => lints.filter((each) => each.level === level).map(lintText);
  return {
    definitions,
    warnings: [...warnings, ...ofLevel('warning')],
    notes: ofLevel('info'),
  };
}

function readSlo(
  documents: Documents,
  document: SloDocument<SloSpec>,
  maintenance: readonly Maintenance[],
  warnings: string[],
): (Objective | Control)[] {
  const { spec, place, metadata } = document;
  if (document.isForeign) throw foreign(document);
  if (!documents.find('Service', spec.service)) {
    warnings.push(`${at(place, ['spec', 'service'])}: no Service is named '${spec.service}'.`);
  }
  if (spec.budgetingMethod === 'RatioTimeslices') throw unsupportedMethod(place, spec);
  const input: SloInput = {
    documents,
    document,
    annotation: (name) => metadata.annotations?.[`slo.mcp/${name}`],
    ...windowOf(spec, place, warnings),
    maintenance: concerned(maintenance, document),
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

/** Why a document of somebody else cannot be judged, although nothing is wrong with it. */
function foreign({ spec, place }: SloDocument<SloSpec>): Error {
  const composite = spec.objectives?.findIndex(
    (each) => each.indicator !== undefined || each.indicatorRef !== undefined,
  );
  if (composite !== undefined && composite >= 0) {
    return definitionInvalid(
      place,
      ['spec', 'objectives', composite],
      'this is valid OpenSLO v1, but a composite SLO is not supported.',
      'Write an SLO for each of its indicators.',
    );
  }
  if (spec.budgetingMethod === 'RatioTimeslices') return unsupportedMethod(place, spec);
  return definitionInvalid(
    place,
    ['metadata'],
    "this is valid OpenSLO v1, but it does not say which rows are counted: the annotation 'slo.mcp/objective-type' is missing.",
    "Write it, and in 'metricSource.spec' the source and what makes a row good; examples/slos/ shows how.",
  );
}

function unsupportedMethod(place: Place, { budgetingMethod }: SloSpec): Error {
  return definitionInvalid(
    place,
    ['spec', 'budgetingMethod'],
    `'budgetingMethod: ${budgetingMethod}' is not supported: a mean of shares lets a quiet slice count as much as a busy one.`,
    "Write 'Occurrences', which counts rows, or 'Timeslices', which counts good slices.",
  );
}

function concerned(
  all: readonly Maintenance[],
  { metadata, spec }: SloDocument<SloSpec>,
): Maintenance[] {
  return all.filter(({ appliesTo }) =>
    appliesTo.some(
      ({ slo, service }) =>
        (slo === undefined || slo === metadata.name) &&
        (service === undefined || service === spec.service),
    ),
  );
}

interface Window {
  readonly windowMs: number;
  readonly windowText: string;
  readonly windowRule: WindowRule;
}

function windowOf(spec: SloSpec, place: Place, warnings: string[]): Window {
  const path = ['spec', 'timeWindow', 0];
  const [window] = spec.timeWindow;
  const isCalendar = window?.calendar !== undefined;
  if (!window || isCalendar === (window.isRolling === true)) {
    throw definitionInvalid(
      place,
      path,
      "a time window is either rolling or a calendar's.",
      "Write 'isRolling: true', or a 'calendar' with its start and zone.",
    );
  }
  const windowMs = durationMs(window.duration);
  if (window.calendar) return calendarOf(window.duration, windowMs, window.calendar, place);
  if (isCalendarUnit(window.duration)) {
    warnings.push(
      `${at(place, path)}: a rolling '${window.duration}' is taken as ${windowMs / 86_400_000} days.`,
    );
  }
  return {
    windowMs,
    windowText: window.duration,
    windowRule: { kind: 'rolling', ms: windowMs },
  };
}

function calendarOf(
  duration: string,
  windowMs: number,
  { startTime, timeZone }: { readonly startTime: string; readonly timeZone: string },
  place: Place,
): Window {
  const path = ['spec', 'timeWindow', 0, 'calendar'];
  const startLocalMs = readLocal(startTime);
  if (Number.isNaN(startLocalMs)) {
    throw definitionInvalid(
      place,
      [...path, 'startTime'],
      `'${startTime}' is not a local date and time.`,
      "Write it as '2026-01-01 00:00:00'.",
    );
  }
  if (!isZone(timeZone)) {
    throw definitionInvalid(
      place,
      [...path, 'timeZone'],
      `'${timeZone}' is not a time zone of the IANA database.`,
      "Write a name such as 'Europe/Berlin' or 'UTC'.",
    );
  }
  const count = Number(duration.slice(0, -1));
  const unit = duration.slice(-1);
  return {
    windowMs,
    windowText: `${duration}, calendar of ${timeZone}`,
    windowRule: { kind: 'calendar', count, unit, startLocalMs, zone: timeZone },
  };
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
  if (sli.isForeign) {
    throw definitionInvalid(
      sli.place,
      ['spec'],
      `the SLI '${spec.indicatorRef}' is valid OpenSLO v1, but it does not say which rows are counted.`,
      "Write 'source' and 'where' in its 'metricSource.spec'; examples/slos/ shows how.",
    );
  }
  return { indicator: sli.spec, indicatorPlace: sli.place, indicatorPath: ['spec'] };
}
