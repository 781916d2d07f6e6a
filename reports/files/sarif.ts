import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { safeJson } from '../formats/json.ts';
import type { ControlJudgement, Violation } from '../judgement.ts';
import { shortened, visible } from '../visible.ts';
import type { VerdictReport } from './verdict-report.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Beyond this many, readers of SARIF give up; the properties of the run say how many there are. */
const MOST_RESULTS = 5_000;
const LONGEST_TEXT = 1_000;

/** Findings of zero controls in SARIF 2.1.0: a violation fails, what could not be shown is open. */
export function renderSarif(report: VerdictReport): string {
  const controls = report.judgements.filter((each) => each.kind === 'control');
  const all = controls.flatMap((control, ruleIndex) => resultsOf(control, ruleIndex));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mcp-witness',
            version: report.toolVersion,
            semanticVersion: report.toolVersion,
            rules: controls.map(ruleOf),
          },
        },
        invocations: [{ executionSuccessful: true, endTimeUtc: report.generatedAt }],
        columnKind: 'utf16CodeUnits',
        results: all.slice(0, MOST_RESULTS),
        properties: {
          window: report.window,
          results: all.length,
          resultsNotListed: Math.max(0, all.length - MOST_RESULTS),
        },
      },
    ],
  };
  return `${safeJson(log, 1)}\n`;
}

function ruleOf(control: ControlJudgement) {
  const { slo, displayName, description, runbook, state } = control;
  return {
    id: slo,
    name: slo,
    shortDescription: { text: textOf(displayName) },
    fullDescription: { text: textOf(description === '' ? displayName : description) },
    ...(runbook !== null && isUrl(runbook) ? { helpUri: runbook } : {}),
    defaultConfiguration: { level: 'error' },
    properties: {
      state,
      population: control.population,
      classified: control.classified,
      violating: control.violating,
      unobservable: control.unobservable,
      waived: control.waived ?? 0,
      definitionHash: control.definitionHash,
      window: control.window,
    },
  };
}

function resultsOf(control: ControlJudgement, ruleIndex: number) {
  if (control.violations.length > 0) {
    return control.violations.map((violation) => violated(control, ruleIndex, violation));
  }
  const { slo, reason, state } = control;
  const kind = state === 'met' ? 'pass' : 'open';
  return [
    {
      ruleId: slo,
      ruleIndex,
      kind,
      level: 'none',
      message: { text: textOf(reason) },
      locations: [{ physicalLocation: physicalOf(control) }],
      partialFingerprints: { 'subject/v1': fingerprint([slo, kind]) },
    },
  ];
}

function violated(control: ControlJudgement, ruleIndex: number, violation: Violation) {
  const { slo } = control;
  const { subject, finding, explanation, firstSeenAt, lastSeenAt, rows, evidence, waiver } =
    violation;
  const name = Object.values(subject).join(' ');
  return {
    ruleId: slo,
    ruleIndex,
    kind: 'fail',
    level: 'error',
    message: { text: textOf(`${name}: ${explanation}`) },
    locations: [
      {
        physicalLocation: physicalOf(control),
        logicalLocations: [{ fullyQualifiedName: textOf(name), kind: 'resource' }],
      },
    ],
    // The same subject with the same finding is the same result tomorrow.
    partialFingerprints: { 'subject/v1': fingerprint([slo, finding, subject]) },
    ...(waiver
      ? { suppressions: waiver.split(', ').map((name) => suppression(control, name)) }
      : {}),
    properties: { finding, subject, evidence, firstSeenAt, lastSeenAt, rows },
  };
}

function suppression({ waivers = [] }: ControlJudgement, name: string) {
  const waiver = waivers.find((each) => each.name === name);
  const until =
    waiver === undefined
      ? ''
      : `: ${waiver.reason} (${waiver.approver}, until ${waiver.expiresAt})`;
  return { kind: 'external', status: 'accepted', justification: textOf(`${name}${until}`) };
}

/** SARIF wants a file: it is that of the control, which is where a reader can look it up. */
function physicalOf({ definedAt }: ControlJudgement) {
  const [, file = definedAt, line] = /^(.*):(\d+)$/.exec(definedAt) ?? [];
  const uri = isAbsolute(file) ? pathToFileURL(file).href : encodeURI(file.replaceAll('\\', '/'));
  return {
    artifactLocation: { uri },
    ...(line === undefined ? {} : { region: { startLine: Number(line) } }),
  };
}

function fingerprint(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function textOf(text: string): string {
  return shortened(visible(text), LONGEST_TEXT);
}

function isUrl(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}
