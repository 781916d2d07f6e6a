import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { packagePath } from '../../../core/package-root.ts';
import { renderJunit } from '../../../reports/files/junit.ts';
import { renderPrometheusRules } from '../../../reports/files/prometheus-rules.ts';
import { renderSarif } from '../../../reports/files/sarif.ts';
import type { ControlJudgement, Judgement } from '../../../reports/judgement.ts';
import type { ReportInput } from '../../../reports/report-input.ts';
import { loadDefinitions } from '../../../slo/definitions.ts';
import { exportPrometheus } from '../../../slo/export/prometheus.ts';
import { SHIPPED } from '../../slo/documents.ts';
import { fleetReport } from '../fleet.ts';
import { HOSTILE } from '../hostile.ts';

/** The fleet's verdicts, and each again with a hostile name wherever telemetry or a user could put one. */
function hostileReport(): ReportInput {
  const input = fleetReport('slo');
  const named = Object.values(HOSTILE).filter((text) => text.length < 1_000);
  const judgements = input.judgements.flatMap((each, index) => {
    const text = named[index % named.length] ?? '';
    const changed = {
      ...each,
      slo: `${each.slo}-2`,
      displayName: text,
      reason: text,
      runbook: text,
    };
    return [
      each,
      (each.kind === 'control'
        ? violatedBy(changed as ControlJudgement, text)
        : changed) as Judgement,
    ];
  });
  return { ...input, judgements };
}

function violatedBy(control: ControlJudgement, text: string): ControlJudgement {
  const violations = control.violations.map((each) => ({
    ...each,
    subject: { name: text },
    explanation: text,
    evidence: { [text]: text },
    waiver: 'one, two',
  }));
  return { ...control, violations };
}

test('SARIF is what the schema of SARIF 2.1.0 says', () => {
  const path = 'test/reports/files/fixtures/sarif-2.1.0-rtm.5.schema.json.gz';
  const {
    $schema: _,
    id: __,
    ...schema
  } = JSON.parse(gunzipSync(readFileSync(packagePath(path))).toString('utf8')) as Record<
    string,
    unknown
  >;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('uri-reference', (text) => URL.canParse(text, 'file:///a/'));
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  const validate = ajv.compile(schema);

  for (const input of [
    fleetReport('slo'),
    hostileReport(),
    { ...fleetReport('slo'), judgements: [] },
  ]) {
    validate(JSON.parse(renderSarif(input)));
    expect(validate.errors ?? []).toEqual([]);
  }
  const broken = JSON.parse(renderSarif(fleetReport('slo'))) as { runs: { results: object[] }[] };
  for (const result of broken.runs[0]?.results ?? []) Object.assign(result, { level: 'fatal' });
  expect(validate(broken)).toBe(false);
});

/** What junit-10.xsd of Jenkins lets an element have, and be in. */
const JUNIT: Readonly<
  Record<string, { readonly within: string; readonly attributes: readonly string[] }>
> = {
  testsuites: {
    within: '',
    attributes: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
  },
  testsuite: {
    within: 'testsuites',
    attributes: [
      'name',
      'tests',
      'failures',
      'errors',
      'time',
      'disabled',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
    ],
  },
  testcase: {
    within: 'testsuite',
    attributes: ['name', 'assertions', 'time', 'classname', 'status'],
  },
  failure: { within: 'testcase', attributes: ['type', 'message'] },
  error: { within: 'testcase', attributes: ['type', 'message'] },
  'system-out': { within: 'testcase', attributes: [] },
};

test('JUnit has the elements and attributes of its schema, closed and counted', () => {
  const text = renderJunit(hostileReport());
  const seen: Record<string, number> = {};
  const open: string[] = [];
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  for (const [, close, name = '', rest = '', alone] of body.matchAll(
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
  )) {
    if (close === '/') {
      expect(open.pop()).toBe(name);
      continue;
    }
    const known = JUNIT[name];
    expect([name, open.at(-1) ?? '']).toEqual([name, known?.within]);
    const attributes = [...rest.matchAll(/ ([a-z]+)="/g)].map(([, each]) => each);
    expect(known?.attributes).toEqual(expect.arrayContaining(attributes));
    seen[name] = (seen[name] ?? 0) + 1;
    if (alone !== '/') open.push(name);
  }
  expect(open).toEqual([]);
  // What is no element holds nothing that could be one, and no control character.
  expect(body.replaceAll(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, '')).not.toMatch(
    /[<>]|[^\P{Cc}\n]/u,
  );
  expect(body).toContain(
    `tests="${seen['testcase']}" failures="${seen['failure']}" errors="${seen['error']}"`,
  );
});

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

test('a Prometheus rule file has what its format has, no name twice, and balanced expressions', () => {
  const text = renderPrometheusRules(exportPrometheus(loadDefinitions(SHIPPED)), '0.1.0');
  const { groups, ...rest } = parse(text) as {
    groups: { name: string; rules: Record<string, unknown>[] }[];
  };

  expect(rest).toEqual({});
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    const { record, alert, expr, for: wait, labels = {}, annotations = {}, ...more } = rule;
    expect(more).toEqual({});
    expect((record === undefined) !== (alert === undefined)).toBe(true);
    if (record !== undefined) {
      expect(record).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
      expect([wait, annotations]).toEqual([undefined, {}]);
    }
    if (wait !== undefined) expect(wait).toMatch(/^\d+[smhdw]$/);
    for (const [name, value] of [
      ...Object.entries(labels as object),
      ...Object.entries(annotations as object),
    ]) {
      expect(name).toMatch(LABEL);
      expect(typeof value).toBe('string');
    }
    const outside = String(expr).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    for (const [opening, closing] of ['()', '{}']) {
      expect(outside.split(opening ?? '').length).toBe(outside.split(closing ?? '').length);
    }
    // Names of series and of labels, functions, numbers and operators: nothing else.
    expect(outside).toMatch(/^[a-z0-9_:{}()="~,.|><+\-/* ]+$/);
  }
});
