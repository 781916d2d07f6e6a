import { percentText } from '../budget-alerts.ts';
import type { BurnRule } from '../burn-rules.ts';
import type { Control, Definition, Objective, SloDefinitions } from '../definition.ts';
import { durationText } from '../duration.ts';
import { ONE, subtract } from '../rational.ts';
import { about, decimal, labelsOf, plain, quoted, selector, stateIs } from './rule-text.ts';

/** One rule of a Prometheus rule file. */
export interface PrometheusRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PrometheusGroup {
  readonly name: string;
  readonly rules: readonly PrometheusRule[];
}

/** Rules, and in words what of the definitions they cannot say. */
export interface PrometheusExport {
  readonly groups: readonly PrometheusGroup[];
  readonly lossy: readonly string[];
}

/** Longer than this without a new verdict, and nothing is known; rows too young are not waited for. */
const STALE_SECONDS = 3_600;

const BURN_RATE = 'mcp_witness:slo_burn_rate';

/**
 * Recording and alerting rules over the series of `slo report --format openmetrics`. Prometheus
 * repeats the arithmetic of budgets and alerts; the rows were counted before, by the definitions.
 */
export function exportPrometheus({ definitions }: SloDefinitions): PrometheusExport {
  // A file with two groups of one name is refused; an SLO may have several objectives.
  const bySlo = Map.groupBy(definitions, ({ slo }) => slo);
  return {
    groups: [...bySlo].map(([slo, own]) => ({
      name: `mcp-witness ${slo}`,
      rules: own.flatMap(rulesOf).map(withoutTemplates),
    })),
    lossy: lossOf(definitions),
  };
}

function rulesOf(definition: Objective | Control): PrometheusRule[] {
  return [
    ...(definition.kind === 'objective' ? objectiveRules(definition) : controlRules(definition)),
    ...dataRules(definition),
  ];
}

/** Go templates are run over the labels of an alert too; those of a record are taken as they are. */
function withoutTemplates(rule: PrometheusRule): PrometheusRule {
  if (rule.alert === undefined) return rule;
  const labels = Object.entries(rule.labels ?? {}).map(([name, value]) => [name, plain(value)]);
  return { ...rule, labels: Object.fromEntries(labels) };
}

function objectiveRules(objective: Objective): PrometheusRule[] {
  const { slo, targetText, burnRules } = objective;
  const displayName = plain(objective.displayName);
  const windows = burnRules.flatMap(({ longMs, shortMs }) => [longMs, shortMs]);
  const lookbacks = [...new Set(windows)].sort((a, b) => a - b).map(durationText);
  return [
    ...lookbacks.map((lookback) => recordingRule(objective, lookback)),
    ...burnRules.map((rule) => burnAlert(objective, rule)),
    ...budgetAlertRules(objective),
    {
      alert: 'McpWitnessSloBreached',
      expr: stateIs(objective, 'breached'),
      labels: { ...labelsOf(objective), severity: 'ticket' },
      annotations: about(objective, `${displayName} does not hold: ${targetText} was promised.`),
    },
    {
      alert: 'McpWitnessSloNotJudged',
      expr: stateIs(objective, 'insufficient_data'),
      for: '1h',
      labels: { ...labelsOf(objective), severity: 'ticket' },
      annotations: about(
        objective,
        `${displayName} could not be judged: too little was seen of ${slo}.`,
      ),
    },
  ];
}

function recordingRule(objective: Objective, lookback: string): PrometheusRule {
  const events = (classes: string) => lookbackEvents(objective, lookback, classes);
  const allowed = decimal(subtract(ONE, objective.target));
  return {
    record: BURN_RATE,
    expr: `${events('class="bad"')} / (${events('class=~"good|bad"')} > 0) / ${allowed}`,
    labels: { ...labelsOf(objective), lookback },
  };
}

function burnAlert(objective: Objective, rule: BurnRule): PrometheusRule {
  const { name, severity, longMs, shortMs, factor, minBadEvents, minEvents = 0n } = rule;
  const [long, short] = [durationText(longMs), durationText(shortMs)];
  const burns = (ms: number) => `${burnRateOver(objective, rule, ms)} > ${decimal(factor)}`;
  const events = (classes: string, least: bigint) =>
    `${lookbackEvents(objective, long, classes)} >= ${least}`;
  const guards = [
    events('class="bad"', minBadEvents),
    ...(minEvents > 0n ? [events('class=~"good|bad"', minEvents)] : []),
  ];
  return {
    alert: 'McpWitnessSloBurnRate',
    expr: [burns(longMs), burns(shortMs), ...guards].join(' and '),
    labels: { ...labelsOf(objective), severity, rule: name },
    annotations: about(
      objective,
      `${plain(objective.displayName)}: the budget burns more than ${decimal(factor)} times too fast, over ${long} and over ${short}.`,
    ),
  };
}

/** The recorded rate; of a rule over the period, the bad rows over as many as it allows in so long a time. */
function burnRateOver(objective: Objective, { periodMs }: BurnRule, ms: number): string {
  const lookback = durationText(ms);
  if (periodMs === undefined) {
    return `max(${BURN_RATE}{${selector(objective)},lookback=${quoted(lookback)}})`;
  }
  return `${badOfWindow(objective, lookback)} * ${periodMs / ms}`;
}

/** The bad events of a lookback, as a share of those that the whole window allows. */
function badOfWindow(objective: Objective, lookback: string): string {
  const all = `sum(mcp_witness_slo_events{${selector(objective)},class=~"good|bad"})`;
  const allowed = decimal(subtract(ONE, objective.target));
  return `${lookbackEvents(objective, lookback, 'class="bad"')} / (${all} > 0) / ${allowed}`;
}

function lookbackEvents(objective: Objective, lookback: string, classes: string): string {
  return `sum(mcp_witness_slo_lookback_events{${selector(objective)},lookback=${quoted(lookback)},${classes}})`;
}

/** What is asked of the budget beside how fast it burns. */
function budgetAlertRules(objective: Objective): PrometheusRule[] {
  const { consumed, drops } = objective.budgetRules;
  const remaining = `mcp_witness_slo_budget_remaining_ratio{${selector(objective)}}`;
  const rule = (alert: string, limit: string, expr: string, summary: string): PrometheusRule => ({
    alert,
    expr,
    labels: { ...labelsOf(objective), severity: 'ticket', limit },
    annotations: about(objective, `${plain(objective.displayName)}: ${summary}`),
  });
  return [
    ...consumed.map((share) =>
      rule(
        'McpWitnessSloBudgetConsumed',
        percentText(share),
        `${remaining} <= ${decimal(subtract(ONE, share))}`,
        `${percentText(share)} of the budget is used.`,
      ),
    ),
    ...drops.map(({ share, lookbackMs }) => {
      const lookback = durationText(lookbackMs);
      const limit = `${percentText(share)} in ${lookback}`;
      const expr = `${badOfWindow(objective, lookback)} >= ${decimal(share)}`;
      return rule('McpWitnessSloBudgetDrop', limit, expr, `${limit} of the budget is gone.`);
    }),
  ];
}

/** A zero has no budget, so it is asked for as it is: is there one? */
function controlRules(control: Control): PrometheusRule[] {
  const violating = `mcp_witness_control_violating{${selector(control)}}`;
  return [
    {
      alert: 'McpWitnessControlViolated',
      expr: `${violating} > 0`,
      labels: { ...labelsOf(control), severity: 'ticket' },
      annotations: about(control, `${plain(control.displayName)}: {{ $value }} violate.`),
    },
    {
      alert: 'McpWitnessControlNotProvable',
      expr: stateIs(control, 'not_provable'),
      for: '1h',
      labels: { ...labelsOf(control), severity: 'ticket' },
      annotations: about(control, `${plain(control.displayName)}: a zero is not proven.`),
    },
  ];
}

/** No data is not good data. */
function dataRules(definition: Objective | Control): PrometheusRule[] {
  const end = `mcp_witness_slo_window_end_timestamp_seconds{${selector(definition)}}`;
  return [
    {
      alert: 'McpWitnessVerdictMissing',
      expr: `absent(${end}) or (time() - ${end} > ${STALE_SECONDS + definition.delayMs / 1000})`,
      for: '10m',
      labels: { ...labelsOf(definition), severity: 'ticket' },
      annotations: about(
        definition,
        `${plain(definition.displayName)} was not judged for an hour.`,
      ),
    },
    {
      alert: 'McpWitnessSloBlind',
      expr: `mcp_witness_slo_blind{${selector(definition)}} == 1`,
      for: '10m',
      labels: { ...labelsOf(definition), severity: 'ticket' },
      annotations: about(
        definition,
        `${plain(definition.displayName)}: telemetry is missing or stale, and its alerts can neither fire nor end.`,
      ),
    },
  ];
}

function lossOf(definitions: SloDefinitions['definitions']): string[] {
  const objectives = definitions.filter((each) => each.kind === 'objective');
  const controls = definitions.filter((each) => each.kind === 'control');
  const named = (some: readonly Definition[]) => some.map(({ slo }) => slo).join(', ');
  const foretold = objectives.filter(({ budgetRules }) => budgetRules.exhaustionMs !== null);
  const silent = objectives.filter(({ burnRules }) => burnRules.length === 0);
  return [
    'the rules are as fresh as the last run of slo report --format openmetrics; Prometheus counts no rows of its own',
    'what counts as good, which rows are excluded or unmeasurable, and minimum coverage are applied before the export',
    'a lookback ends with the evidence, not with the clock of Prometheus',
    'the guard against few bad rows counts weights here, and rows there',
    'numbers are floating point here: a burn rate at its threshold exactly may fire',
    'a ticket is not suppressed while a page of the same objective fires: an inhibit rule of Alertmanager does that',
    ...(objectives.some(({ maintenance }) => maintenance.length > 0)
      ? ['an alert is not muted while a maintenance takes place']
      : []),
    ...(foretold.length > 0
      ? [`when a budget will be gone is not foretold for ${named(foretold)}`]
      : []),
    ...(silent.length > 0 ? [`there are no burn rules to export for ${named(silent)}`] : []),
    ...(controls.length > 0
      ? [
          `zero controls have no budget: count > 0 is an alert for ${named(controls)}`,
          'waivers are not applied, and which subjects violate is not said',
        ]
      : []),
  ];
}
