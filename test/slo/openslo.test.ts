import { describe, expect, test } from 'vitest';
import { parseYaml, readYamlFile } from '../../core/yaml-file.ts';
import { type Conformance, conformanceOf } from '../../slo/conformance.ts';
import { EXAMPLES, load, loadAs } from './documents.ts';
import { vectorLines } from './vectors.ts';

interface KnownDocument {
  readonly file: string;
  readonly apiVersions: readonly string[];
  readonly verdict: Conformance;
  readonly text: string;
}

const known = vectorLines<KnownDocument>('openslo-documents.jsonl');
const ofVersion1 = known.filter(({ apiVersions }) =>
  apiVersions.every((version) => version === 'openslo/v1'),
);

/** A file is as bad as the worst of its documents. */
function verdictOn({ file, text }: KnownDocument): Conformance {
  const verdicts = parseYaml(file, text)
    .flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== null && value !== undefined)
    .map(conformanceOf);
  return (['undecodable', 'invalid'] as const).find((each) => verdicts.includes(each)) ?? 'valid';
}

/** What loading a file of somebody else ends with; the text of the refusal, or '' for none. */
function refusalOf({ text }: KnownDocument, mode: 'strict' | 'compat' = 'strict'): string {
  try {
    loadAs(text, { mode });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('all 1,088 objects of the reference test suite get the reference verdict', () => {
  const objects = vectorLines<{ id: string; verdict: string; document: unknown }>(
    'openslo-objects.jsonl.gz',
  );
  const wrong = objects.filter(({ document, verdict }) => conformanceOf(document) !== verdict);

  expect(objects).toHaveLength(1_088);
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('all documents of version 1 that others published get the reference verdict', () => {
  const wrong = ofVersion1.filter((each) => verdictOn(each) !== each.verdict);

  expect(ofVersion1.length).toBeGreaterThan(125);
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

describe('loading a file of somebody else', () => {
  test('refuses what is not OpenSLO v1 as that, with file and line', () => {
    const wrong = ofVersion1
      .filter(({ verdict }) => verdict !== 'valid')
      .filter(
        (each) =>
          !/^slo\.yaml:\d+: (this is not valid OpenSLO v1|'.*' is not a kind)/.test(
            refusalOf(each),
          ),
      );

    expect(wrong.map((each) => [each.file, refusalOf(each)])).toEqual([]);
  });

  test('refuses another version by its name', () => {
    const others = known.filter(({ apiVersions }) =>
      apiVersions.every((version) => version !== 'openslo/v1'),
    );
    const wrong = others.filter(
      (each) =>
        !refusalOf(each).includes(`the apiVersion '${each.apiVersions[0]}' is not supported`),
    );

    expect(others.length).toBeGreaterThan(45);
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test('takes what is valid, or says that it is and what it lacks', () => {
    const refusals = ofVersion1
      .filter(({ verdict }) => verdict === 'valid')
      .map((each) => refusalOf(each).replace(/^slo\.yaml:\d+: /, ''));
    const kinds = Object.fromEntries(
      [...Map.groupBy(refusals, (text) => text)].map(([text, those]) => [text, those.length]),
    );

    expect(kinds).toMatchInlineSnapshot(`
      {
        "": 41,
        "'spec.condition.op' must be one of: gt, gte.": 7,
        "'spec.conditions.0.spec.condition.op' must be one of: gt, gte.": 2,
        "'spec.connectionDetails' has no value.": 1,
        "the name 'example-service' is already taken by the Service at slo.yaml:1.": 1,
        "this is valid OpenSLO v1, but it does not say which rows are counted: the annotation 'slo.mcp/objective-type' is missing.": 23,
      }
    `);
  });

  test('does not take slips for what was meant, unless it is asked to', () => {
    const slips = ofVersion1.filter(({ verdict }) => verdict !== 'valid');
    const isConforming = (each: KnownDocument) =>
      !/not valid OpenSLO v1|is not a kind/.test(refusalOf(each, 'compat'));

    expect(slips.filter(isConforming).map(({ file }) => file)).toMatchInlineSnapshot(`
      [
        "OpenSLO__OpenSLO/schema-test/spec-files/v1/slo/slo-indicatorref-calendar-alerts.yaml",
        "OpenSLO__OpenSLO/schema-test/spec-files/v1/slo/slo-indicatorref-rolling-alerts.yaml",
        "OpenSLO__OpenSLO/schema-test/spec-files/v1/slo/slo-no-indicatorref-calendar-alerts.yaml",
        "OpenSLO__OpenSLO/schema-test/spec-files/v1/slo/slo-no-indicatorref-rolling-alerts.yaml",
        "OpenSLO__OpenSLO/examples/budgeting-method/ratio-timeslices.yaml",
        "OpenSLO__OpenSLO/examples/budgeting-method/timeslices-slo.yaml",
        "OpenSLO__OpenSLO/examples/treat-low-traffic-as-equally-important/timeslices-slo.yaml",
        "OpenSLO__OpenSLO/README.md#08.yaml",
        "OpenSLO__OpenSLO/README.md#09.yaml",
        "OpenSLO__OpenSLO/README.md#13.yaml",
        "OpenSLO__OpenSLO/README.md#14.yaml",
        "OpenSLO__go-sdk/pkg/openslo/v1/examples/slos.yaml",
        "OpenSLO__slogen/samples/sumologic/v1/notification-target/email.yaml",
        "OpenSLO__slogen/samples/sumologic/v1/notification-target/pagerduty.yaml",
        "OpenSLO__slogen/samples/sumologic/v1/notification-target/webhook.yaml",
        "OpenSLO__slogen/samples/sumologic/README.md#01.yaml",
        "OpenSLO__slogen/samples/sumologic/README.md#02.yaml",
        "rodmen07__slokit/tests/fixtures/openslo/multi-objective.yaml",
        "rodmen07__slokit/tests/fixtures/openslo/stream.yaml",
        "rodmen07__slokit/tests/fixtures/openslo/unrepresentable.yaml",
      ]
    `);
  });
});

test('each slip that is taken is told', () => {
  const text = `apiVersion: openslo/v1
kind: Service
metadata: { name: Tools }
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: OnCall }
spec: { target: mail }
`;

  expect(() => load(text)).toThrow(
    "slo.yaml:3: this is not valid OpenSLO v1: 'metadata.name' must match pattern",
  );
  expect(loadAs(text, { mode: 'compat' }).warnings).toEqual([
    "slo.yaml:3: the name 'Tools' is taken as 'tools'.",
    "slo.yaml:7: the name 'OnCall' is taken as 'oncall'.",
  ]);
});

test('the shipped definitions are OpenSLO v1 for others too', () => {
  const verdicts = EXAMPLES.flatMap((file) => readYamlFile(file)).map(({ value }) =>
    conformanceOf(value),
  );

  expect(verdicts.length).toBeGreaterThan(12);
  expect(new Set(verdicts)).toEqual(new Set(['valid']));
});
