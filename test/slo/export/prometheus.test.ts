import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderPrometheusRules } from '../../../reports/files/prometheus-rules.ts';
import { loadDefinitions } from '../../../slo/definitions.ts';
import { exportPrometheus } from '../../../slo/export/prometheus.ts';
import { HOSTILE } from '../../reports/hostile.ts';
import { changed, example, LATENCY, load, SHIPPED } from '../documents.ts';

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

function exported(definitions = loadDefinitions(SHIPPED)): {
  readonly text: string;
  readonly rules: RuleFile['groups'][number]['rules'];
} {
  const text = renderPrometheusRules(exportPrometheus(definitions), '0.1.0');
  const { groups } = parse(text) as RuleFile;
  return { text, rules: groups.flatMap(({ rules }) => rules) };
}

test('a burn rule is both windows over the factor, with its guard against few bad rows', () => {
  const { rules } = exported(example('auth-success'));
  const [page] = rules.filter(({ labels }) => labels['rule'] === 'page-quick');
  const of = 'slo="auth-success",objective="99.9 % let in"';

  expect(rules[0]).toEqual({
    record: 'mcp_witness:slo_burn_rate',
    expr: `sum(mcp_witness_slo_lookback_events{${of},lookback="5m",class="bad"}) / (sum(mcp_witness_slo_lookback_events{${of},lookback="5m",class=~"good|bad"}) > 0) / 0.001`,
    labels: { slo: 'auth-success', objective: '99.9 % let in', lookback: '5m' },
  });
  expect(page?.expr).toBe(
    `max(mcp_witness:slo_burn_rate{${of},lookback="1h"}) > 14.4 and max(mcp_witness:slo_burn_rate{${of},lookback="5m"}) > 14.4 and sum(mcp_witness_slo_lookback_events{${of},lookback="1h",class="bad"}) >= 3`,
  );
  expect(page?.labels).toMatchObject({ severity: 'page', slo: 'auth-success' });
});

test('a burn rule over the period holds bad rows against the average of the window', () => {
  const text = changed(
    LATENCY,
    '  objectives:',
    `  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: page, annotations: { slo.mcp/denominator: period } }
      spec:
        conditions:
          - kind: AlertCondition
            metadata: { name: fast }
            spec:
              severity: page
              condition: { kind: burnrate, op: gt, threshold: 10, lookbackWindow: 1h }
        notificationTargets: [{ targetRef: pager }]
  objectives:`,
  );
  const page = exported(load(text)).rules.find(({ labels }) => labels['rule'] === 'page');

  expect(page?.expr).toContain('lookback="1h",class="bad"}) / (sum(mcp_witness_slo_events{');
  expect(page?.expr).toContain(',class=~"good|bad"}) > 0) / 0.05 * 720 > 10 and ');
  expect(page?.expr).toContain('/ 0.05 * 8640 > 10 and ');
});

test('a zero control is a count, and never a share that rounds to all', () => {
  const { text, rules } = exported();
  const controls = rules.filter(({ alert }) => alert === 'McpWitnessControlViolated');

  expect(controls).toHaveLength(12);
  expect(controls.map(({ expr }) => expr)).toContain(
    'mcp_witness_control_violating{slo="approval-bypass"} > 0',
  );
  expect(text).not.toMatch(/0\.99999/);
});

test('no two alerts are one, and no data is an alert of its own for each definition', () => {
  const { rules } = exported();
  const names = rules.map(({ alert, record, labels }) => JSON.stringify([alert, record, labels]));

  expect(new Set(names).size).toBe(names.length);
  expect(rules.filter(({ alert }) => alert === 'McpWitnessVerdictMissing')).toHaveLength(15);
  expect(rules.filter(({ alert }) => alert === 'McpWitnessSloBlind')).toHaveLength(15);
});

test('an SLO with two objectives is one group, and each of them has alerts of its own', () => {
  const second = '    - displayName: strict\n      op: lt\n      value: 500\n      target: 0.9\n';
  const { groups } = exportPrometheus(load(`${LATENCY}${second}`));
  const alerts = (groups[0]?.rules ?? []).map(({ alert, labels }) =>
    JSON.stringify([alert, labels]),
  );

  expect(groups.map(({ name }) => name)).toEqual(['mcp-witness latency']);
  expect(alerts.filter((each) => each.includes('McpWitnessVerdictMissing'))).toEqual([
    '["McpWitnessVerdictMissing",{"slo":"latency","objective":"objective-1","severity":"ticket"}]',
    '["McpWitnessVerdictMissing",{"slo":"latency","objective":"strict","severity":"ticket"}]',
  ]);
});

test('what is asked of a budget is asked for there too', () => {
  const asked = changed(
    LATENCY,
    '    slo.mcp/min-events',
    '    slo.mcp/budget-alerts: 90%,120%\n    slo.mcp/budget-drop-alerts: 5% in 1h\n    slo.mcp/exhaustion-alert: 1d\n    slo.mcp/min-events',
  );
  const { rules, text } = exported(load(asked));
  const of = 'slo="latency",objective="objective-1"';
  const budget = rules.filter(({ alert }) => alert?.startsWith('McpWitnessSloBudget'));

  expect(budget.map(({ expr, labels }) => [labels['limit'], expr])).toEqual([
    ['90 %', `mcp_witness_slo_budget_remaining_ratio{${of}} <= 0.1`],
    ['120 %', `mcp_witness_slo_budget_remaining_ratio{${of}} <= -0.2`],
    [
      '5 % in 1h',
      `sum(mcp_witness_slo_lookback_events{${of},lookback="1h",class="bad"}) / (sum(mcp_witness_slo_events{${of},class=~"good|bad"}) > 0) / 0.05 >= 0.05`,
    ],
  ]);
  expect(text).toContain('# - when a budget will be gone is not foretold for latency\n');
});

test('a verdict that waits for late rows is not missing meanwhile', () => {
  const late = changed(
    LATENCY,
    'slo.mcp/min-events',
    'slo.mcp/ingestion-delay: 2h\n    slo.mcp/min-events',
  );
  const { rules } = exported(load(late));

  expect(rules.find(({ alert }) => alert === 'McpWitnessVerdictMissing')?.expr).toMatch(
    / > 10800\)$/,
  );
});

test('what is lost stands at the head', () => {
  const { text } = exported();

  expect(text).toMatch(/^# Written by mcp-witness 0\.1\.0\. What these rules cannot say/);
  expect(text).toContain(
    '# - zero controls have no budget: count > 0 is an alert for api-body-logging, ',
  );
  expect(text).toContain('# - waivers are not applied');
  expect(exported(load(changed(LATENCY, 'duration: 30d', 'duration: 7d'))).text).toContain(
    '# - there are no burn rules to export for latency\n',
  );
});

test.each(Object.entries(HOSTILE).filter(([, text]) => text.length < 1_000))(
  '%s stays a text: no line, no label and no template is made of it',
  (_, hostile) => {
    const named = `{{{ $value }}} ${hostile}`;
    const [definition] = load(LATENCY).definitions;
    if (definition?.kind !== 'objective') throw new Error('not an objective');
    const changedOne = { ...definition, displayName: named, description: named, objective: named };
    const { text, rules } = exported({ definitions: [changedOne], warnings: [] } as never);

    expect(rules).toHaveLength(19);
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    expect(
      JSON.stringify(alerts.map(({ annotations, labels }) => [annotations, labels])),
    ).not.toContain('{{');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  },
);
