import { describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { changed, examples, LATENCY, load } from './documents.ts';

test('the shipped definitions are the six starting targets', () => {
  const { definitions, warnings } = examples();

  expect(warnings).toEqual([]);
  expect(
    definitions.map((each) => [
      each.slo,
      each.kind === 'objective' ? each.targetText : 'zero',
      each.windowText,
    ]),
  ).toEqual([
    ['approval-bypass', 'zero', '30d'],
    ['auth-success', '99.9 %', '30d'],
    ['body-logging', 'zero', '30d'],
    ['read-only-latency', '95 %', '30d'],
    ['unowned-agents', 'zero', '30d'],
    ['write-latency', '95 %', '30d'],
  ]);
});

test('the thresholds of the shipped latency objectives', () => {
  const latencies = examples().definitions.flatMap((each) =>
    each.kind === 'objective' && each.good.kind === 'latency'
      ? [[each.slo, each.good.field, each.good.op, each.good.threshold]]
      : [],
  );

  expect(latencies).toEqual([
    ['read-only-latency', 'latency_ms', 'lt', 1500],
    ['write-latency', 'active_latency_ms', 'lt', 4000],
  ]);
});

test('a list of documents reads like documents of their own', () => {
  const [service, slo] = LATENCY.split('---\n');
  const item = (text = '') => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;

  const listed = load(item(service) + item(slo));

  expect(listed.definitions.map((each) => each.slo)).toEqual(['latency']);
  expect(listed.definitions[0]?.hash).toBe(load(LATENCY).definitions[0]?.hash);
});

test('an indicator may be a document of its own, and errors point into it', () => {
  const inline = /indicator:\n {4}metadata: .*\n {4}spec:\n([\s\S]*?)(?= {2}objectives)/;
  const spec = inline.exec(LATENCY)?.[1]?.replaceAll(/^ {4}/gm, '') ?? '';
  const sli = `---\napiVersion: openslo/v1\nkind: SLI\nmetadata: { name: speed }\nspec:\n${spec}`;
  const text = LATENCY.replace(inline, 'indicatorRef: speed\n') + sli;

  expect(load(text).definitions[0]).toMatchObject({ slo: 'latency', source: 'tool_calls' });
  expect(() => load(changed(text, 'indicatorRef: speed', 'indicatorRef: haste'))).toThrow(
    "slo.yaml:19: there is no SLI named 'haste'.",
  );
});

test('a target in percent is the same target', () => {
  const [percent] = load(changed(LATENCY, 'target: 0.95', 'targetPercent: 99.95')).definitions;

  expect(percent).toMatchObject({ target: { num: 1999n, den: 2000n }, targetText: '99.95 %' });
});

test('what is odd but harmless is a warning', () => {
  const text = changed(changed(LATENCY, 'duration: 30d', 'duration: 1M'), 'name: tools', 'name: x');

  expect(load(text).warnings.map((each) => each.replace(/^.*slo\.yaml/, 'slo.yaml'))).toEqual([
    "slo.yaml:14: no Service is named 'tools'.",
    "slo.yaml:17: a rolling '1M' is taken as 30 days.",
  ]);
});

test('a changed promise has another hash, other words for it do not matter to the numbers', () => {
  const hash = (text: string) => load(text).definitions[0]?.hash;

  expect(hash(changed(LATENCY, 'value: 1000', 'value: 1001'))).not.toBe(hash(LATENCY));
  expect(hash(changed(LATENCY, 'value: search', 'value: find'))).not.toBe(hash(LATENCY));
  expect(hash(`# a comment\n${LATENCY}`)).toBe(hash(LATENCY));
});

const refused = {
  'an unknown field': [
    'where:',
    'were:',
    "slo.yaml:28: 'spec.indicator.spec.thresholdMetric.metricSource.spec' has an unknown field 'were'.",
    /^Remove it, or use one of: .*where/,
  ],
  'an unknown field of a predicate': [
    'op: eq, value: search',
    'op: eq, value: search, sql: 1',
    "'spec.indicator.spec.thresholdMetric.metricSource.spec.where.0' has an unknown field 'sql'.",
    /field, op, value/,
  ],
  'an unknown annotation of ours': [
    'slo.mcp/min-events',
    'slo.mcp/min-event',
    "slo.yaml:11: 'metadata.annotations' has an unknown field 'slo.mcp/min-event'.",
    /slo\.mcp\/min-events/,
  ],
  'another version': [
    'apiVersion: openslo/v1\nkind: SLO',
    'apiVersion: openslo/v2alpha\nkind: SLO',
    "slo.yaml:5: the apiVersion 'openslo/v2alpha' is not supported.",
    /openslo\/v1/,
  ],
  'another kind': ['kind: SLO', 'kind: SLA', "slo.yaml:6: 'SLA' is not a kind", /SLO, SLI/],
  'an unknown operator': [
    'op: eq, value: search',
    'op: like, value: search',
    'must be one of: eq,',
    /values listed/,
  ],
  'a list where one value is needed': [
    'op: eq, value: search',
    'op: eq, value: [search]',
    'where.0.value',
    /Correct/,
  ],
  'a target of 100 %': [
    'target: 0.95',
    'target: 1',
    'slo.yaml:52: a target of 100 % leaves no error budget',
    /zero-count/,
  ],
  'a target of 0 %': [
    'target: 0.95',
    'target: 0',
    'slo.yaml:52: a target of 0 % leaves no error budget',
    /zero-count/,
  ],
  'no target': [
    'target: 0.95',
    'displayName: fast',
    "slo.yaml:50: an objective has either a 'target'",
    /target: 0.999/,
  ],
  'an inverted latency operator': ['op: lt', 'op: gt', "needs 'op: lt' or 'op: lte'", /op: lt/],
  'a negative threshold': ['value: 1000', 'value: -1', "a 'value' above zero", /1500/],
  'a calendar window': [
    'isRolling: true',
    'isRolling: false',
    "slo.yaml:17: a time window is either rolling or a calendar's.",
    /isRolling: true/,
  ],
  'time slices without a slice': [
    'Occurrences',
    'Timeslices',
    "slo.yaml:50: time slices need a 'timeSliceTarget' above 0",
    /timeSliceWindow: 5m/,
  ],
  'a mean of shares': [
    'Occurrences',
    'RatioTimeslices',
    "slo.yaml:15: 'budgetingMethod: RatioTimeslices' is not supported: a mean of shares",
    /Occurrences/,
  ],
  'a zone that is none': [
    'isRolling: true',
    "calendar: { startTime: '2026-01-01 00:00:00', timeZone: Europe/Atlantis }",
    "slo.yaml:18: 'Europe/Atlantis' is not a time zone",
    /Europe\/Berlin/,
  ],
  'a slice of rows': [
    'target: 0.95',
    'target: 0.95\n      timeSliceTarget: 0.9',
    "'timeSliceTarget' needs 'budgetingMethod: Timeslices'",
    /Remove/,
  ],
  'a source that is not offered': [
    'source: tool_calls',
    'source: rejected_records',
    "slo.yaml:25: there is no source named 'rejected_records'.",
    /auth_attempts.*tool_calls/,
  ],
  'a source that is SQL': [
    'source: tool_calls',
    'source: "tool_calls; drop table events"',
    'must match pattern',
    /name of a column/,
  ],
  'a value without its annotation': [
    'slo.mcp/objective-type: threshold-latency\n    ',
    '',
    "the annotation 'slo.mcp/objective-type' is missing",
    /zero-count/,
  ],
  'a ratio without a ratioMetric': [
    'type: threshold-latency',
    'type: ratio',
    "slo.yaml:21: an objective of type 'ratio' needs a 'ratioMetric with total'.",
    /objective-type/,
  ],
  'a field of controls': [
    'value:\n              field',
    'subject: [call_id]\n            value:\n              field',
    "'subject' belongs to a zero-count control",
    /Remove/,
  ],
  'two rules of one name': [
    'id: refused\n                reason: never reached the tool',
    'id: refused\n                reason: one\n                when:\n                  - { field: outcome, op: is-null }\n              - id: refused\n                reason: two',
    "two rules are called 'refused'",
    /Rename/,
  ],
  'a value left out': [
    'value: 1000',
    'value:',
    "slo.yaml:51: 'spec.objectives.0.value' has no value.",
    /remove the line/,
  ],
  'an alert policy that is nowhere': [
    '  objectives:',
    '  alertPolicies:\n    - alertPolicyRef: page\n  objectives:',
    "slo.yaml:50: there is no AlertPolicy named 'page'.",
    /load its file/,
  ],
  'no time column': ['time: timestamp\n            ', '', "'time' is missing", /time: timestamp/],
  'broken YAML': ['where:\n', 'where: [\n', 'this is not valid YAML', /indentation/],
} as const;

describe('refused', () => {
  test.each(Object.entries(refused))('%s', (_, [from, to, problem, fix]) => {
    const attempt = () => load(changed(LATENCY, from, to));

    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(problem);
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'definition_invalid', fix: expect.stringMatching(fix) }),
    );
  });

  test('two SLOs of one name, with the places of both', () => {
    const [, slo] = LATENCY.split('---\n');

    expect(() => load(`${slo}---\n${slo}`)).toThrow(
      "slo.yaml:53: the name 'latency' is already taken by the SLO at slo.yaml:1.",
    );
  });
});
