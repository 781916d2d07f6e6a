import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { changed, LATENCY, load } from './documents.ts';

const POLICY = `---
apiVersion: openslo/v1
kind: AlertPolicy
metadata:
  name: page
  annotations: { slo.mcp/short-window: 5m }
spec:
  conditions:
    - kind: AlertCondition
      metadata: { name: fast }
      spec:
        severity: page
        condition: { kind: burnrate, op: gt, threshold: 10, lookbackWindow: 1h }
  notificationTargets:
    - targetRef: pager
`;
const WITH_POLICY = changed(
  LATENCY,
  '  objectives:',
  '  alertPolicies:\n    - alertPolicyRef: page\n  objectives:',
);

const notes: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a rule that nobody answers for': [
    LATENCY,
    [
      "slo.yaml:31: the exclusion 'refused' does not say who answers for it: write 'owner' and 'ticket'. [exclusion-without-owner]",
      'slo.yaml:11: with 1 events one bad one is more than the whole budget; 20 are the least that can be judged. [min-events-below-1/e]',
    ],
  ],
  'a window that has no standard rules': [
    changed(LATENCY, 'duration: 30d', 'duration: 7d'),
    [expect.stringMatching(/^slo\.yaml:16: no alert watches .* window of 7d; .*\[no-alerts\]$/)],
  ],
  'that none was wanted': [
    changed(LATENCY, 'slo.mcp/min-coverage', 'slo.mcp/burn-policy: none\n    slo.mcp/min-coverage'),
    ["slo.yaml:12: no alert watches this objective: slo.mcp/burn-policy is 'none'. [no-alerts]"],
  ],
  'policies that are none': [
    changed(LATENCY, '  objectives:', '  alertPolicies: []\n  objectives:'),
    [expect.stringContaining('its alertPolicies name none. [no-alerts]')],
  ],
  'which may be asked for': [
    changed(
      changed(LATENCY, 'duration: 30d', 'duration: 7d'),
      'slo.mcp/min-coverage',
      'slo.mcp/burn-policy: workbook-30d\n    slo.mcp/min-coverage',
    ),
    [],
  ],
  'a short window that is not a twelfth': [
    WITH_POLICY + changed(POLICY, '5m', '15m'),
    [
      expect.stringContaining(
        "the short window of 'page', 15m, is not a twelfth of 1h. [short-not-twelfth]",
      ),
    ],
  ],
  'a policy that nothing refers to': [
    LATENCY + POLICY,
    [expect.stringContaining("nothing refers to the AlertPolicy 'page'. [unused-policy]")],
  ],
};

describe('noted', () => {
  test.each(Object.entries(notes))('%s', (_, [text, expected]) => {
    const found = load(text).notes ?? [];

    expect(found).toEqual(expect.arrayContaining([...expected]));
    if (expected.length === 0) expect(found.join()).not.toContain('no-alerts');
  });
});

test('a window that reaches back further than rows are kept is warned of', () => {
  const source = (retention: string) => `---
apiVersion: openslo/v1
kind: DataSource
metadata: { name: logs }
spec: { type: mcp-witness, connectionDetails: { retention: ${retention} } }
`;
  const named = changed(
    LATENCY,
    '          spec:\n',
    '          metricSourceRef: logs\n          spec:\n',
  );

  expect(load(named + source('14d')).warnings).toEqual([
    expect.stringMatching(
      /^slo\.yaml:\d+: the data source keeps rows for 14d, .* window of 30d\. \[retention-too-short\]$/,
    ),
  ]);
  expect(load(named + source('30d')).warnings).toEqual([]);
  expect(() => load(named + source('long'))).toThrow("'long' is not how long rows are kept.");
});

test('a page at a rate that keeps the objective is refused', () => {
  expect(() => load(WITH_POLICY + changed(POLICY, 'threshold: 10', 'threshold: 1'))).toThrow(
    /slo\.yaml:\d+: the alert policy 'page' pages at a burn rate that keeps the objective\./,
  );
  expect(() =>
    load(
      WITH_POLICY +
        changed(
          changed(POLICY, 'threshold: 10', 'threshold: 1'),
          'severity: page',
          'severity: ticket',
        ),
    ),
  ).not.toThrow();
});

test('one that could never fire is refused', () => {
  expect(() => load(WITH_POLICY + changed(POLICY, 'threshold: 10', 'threshold: 20'))).toThrow(
    /can never fire/,
  );
});

test('a percentile of another share than the promise is warned of', () => {
  const shown = (share: string) =>
    load(
      changed(
        LATENCY,
        'slo.mcp/min-coverage',
        `slo.mcp/percentile: "${share}"\n    slo.mcp/min-coverage`,
      ),
    ).warnings;

  expect(shown('0.99')).toEqual([
    'slo.yaml:12: the percentile that is shown is that of 99 %, and 95 % is what is promised and judged; write the same share in both. [percentile-not-target]',
  ]);
  expect(shown('0.950')).toEqual([]);
});

test('a percentile of a ratio is warned of: it changes nothing', () => {
  const [ratio = '', ...others] = ['auth-success', 'services', 'alerting'].map((name) =>
    readFileSync(packagePath('examples', 'slos', `${name}.yaml`), 'utf8'),
  );
  const shown = changed(ratio, 'annotations:\n', 'annotations:\n    slo.mcp/percentile: "0.95"\n');

  expect(load([shown, ...others].join('---\n')).warnings).toEqual([
    "slo.yaml:7: slo.mcp/percentile changes nothing: a ratio has no percentile; leave it out, or hold a column against a limit with 'thresholdMetric'. [percentile-of-ratio]",
  ]);
});
