import type { ControlJudgement, Judgement, ObjectiveJudgement, RuleCount } from '../judgement.ts';
import { visible } from '../visible.ts';
import type { VerdictReport } from './verdict-report.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | string | null | undefined];

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'stateset';
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const STATES = ['met', 'at_risk', 'breached', 'insufficient_data', 'not_provable'] as const;

/**
 * Verdicts as OpenMetrics 1.0 text, to be scraped from a file: what was judged, as of when, and the
 * counts behind it. A value that is not known is not there; it is never 0.
 */
export function renderOpenMetrics({ judgements }: VerdictReport): string {
  const objectives = judgements.filter((each) => each.kind === 'objective');
  const controls = judgements.filter((each) => each.kind === 'control');
  const families = [
    ...sharedFamilies(judgements),
    ...objectiveFamilies(objectives),
    ...controlFamilies(controls),
  ];
  return `${families.flatMap(familyLines).join('')}# EOF\n`;
}

function sharedFamilies(judgements: readonly Judgement[]): Family[] {
  const name = 'mcp_witness_slo_state';
  return [
    {
      name,
      type: 'stateset',
      help: 'The verdict on each objective and control.',
      samples: judgements.flatMap((judgement) =>
        STATES.map(
          (state): Sample => [
            { ...labelsOf(judgement), kind: judgement.kind, [name]: state },
            judgement.state === state ? 1 : 0,
          ],
        ),
      ),
    },
    gauge('window_end_timestamp_seconds', 'End of the window that was judged.', 'seconds', [
      ...judgements.map((each): Sample => [labelsOf(each), Date.parse(each.window.to) / 1000]),
    ]),
    gauge('blind', 'Whether telemetry is missing or stale that its alerts need.', undefined, [
      ...judgements.map((each): Sample => [labelsOf(each), each.blindness ? 1 : 0]),
    ]),
  ];
}

function objectiveFamilies(objectives: readonly ObjectiveJudgement[]): Family[] {
  const each = (value: (judgement: ObjectiveJudgement) => Sample[1]): Sample[] =>
    objectives.map((judgement) => [labelsOf(judgement), value(judgement)]);
  return [
    gauge(
      'target_ratio',
      'Share of good rows that was promised.',
      'ratio',
      each((one) => one.targetRatio),
    ),
    gauge(
      'good_ratio',
      'Share of good rows that was measured.',
      'ratio',
      each((one) => one.goodRatio),
    ),
    gauge(
      'budget_remaining_ratio',
      'Share of the error budget that is left; below 0 it is overspent.',
      'ratio',
      each(({ budget }) => budget?.remainingRatio),
    ),
    gauge(
      'events',
      'Rows in scope of the window by what became of them, corrected for sampling.',
      undefined,
      objectives.flatMap((one) => [
        [{ ...labelsOf(one), class: 'good' }, one.good.weight],
        [{ ...labelsOf(one), class: 'bad' }, one.bad.weight],
        [{ ...labelsOf(one), class: 'excluded' }, weightOf(one.excluded)],
        [{ ...labelsOf(one), class: 'unmeasurable' }, weightOf(one.unmeasurable)],
      ]),
    ),
    gauge(
      'lookback_events',
      'Good and bad rows over each trailing lookback, corrected for sampling.',
      undefined,
      objectives.flatMap((one) =>
        (one.lookbacks ?? []).flatMap(({ lookback, good, bad }): Sample[] => [
          [{ ...labelsOf(one), lookback, class: 'good' }, good],
          [{ ...labelsOf(one), lookback, class: 'bad' }, bad],
        ]),
      ),
    ),
    gauge(
      'burn_rate',
      'How many times too fast the budget burns over each trailing lookback.',
      undefined,
      objectives.flatMap((one) =>
        (one.lookbacks ?? []).map(
          ({ lookback, burnRate }): Sample => [{ ...labelsOf(one), lookback }, burnRate],
        ),
      ),
    ),
    gauge(
      'percentile_seconds',
      'Weighted nearest rank of what is measured in milliseconds.',
      'seconds',
      objectives
        .filter(({ threshold }) => threshold?.field.endsWith('_ms') === true)
        .map(
          (one): Sample => [
            { ...labelsOf(one), percentile: String(one.percentile?.share ?? '') },
            typeof one.percentile?.value === 'number' ? one.percentile.value / 1000 : null,
          ],
        ),
    ),
  ];
}

function controlFamilies(controls: readonly ControlJudgement[]): Family[] {
  const each = (name: string, help: string, value: (judgement: ControlJudgement) => number) =>
    control(
      name,
      help,
      controls.map((one): Sample => [labelsOf(one), value(one)]),
    );
  return [
    each('population', 'Subjects that a zero control is about.', (one) => one.population),
    each(
      'violating',
      'Subjects that violate it; 0 is proof only where the state is met.',
      (one) => one.violating,
    ),
    each('unobservable', 'Subjects of which the evidence does not say.', (one) => one.unobservable),
    each('waived', 'Violating subjects that a waiver in force covers.', (one) => one.waived ?? 0),
  ];
}

function gauge(
  name: string,
  help: string,
  unit: string | undefined,
  samples: readonly Sample[],
): Family {
  return {
    name: `mcp_witness_slo_${name}`,
    type: 'gauge',
    help,
    samples,
    ...(unit ? { unit } : {}),
  };
}

function control(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `mcp_witness_control_${name}`, type: 'gauge', help, samples };
}

function labelsOf(judgement: Judgement): Labels {
  const { slo, service } = judgement;
  const objective = judgement.kind === 'objective' ? judgement.objective : undefined;
  return { slo, service, ...(objective === undefined ? {} : { objective }) };
}

function weightOf(rules: readonly RuleCount[]): string {
  return rules.reduce((sum, { weight }) => sum + BigInt(weight), 0n).toString();
}

function familyLines({ name, type, unit, help, samples }: Family): string[] {
  const known = samples.flatMap(([labels, value]) => {
    if (value === null || value === undefined || !Number.isFinite(Number(value))) return [];
    return [`${name}{${labelText(labels)}} ${value}\n`];
  });
  if (known.length === 0) return [];
  return [
    `# TYPE ${name} ${type}\n`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}\n`]),
    `# HELP ${name} ${help}\n`,
    ...known,
  ];
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${labelValue(value)}"`)
    .join(',');
}

/** What acts on a terminal is written as its escape first, so that no line can be broken by a value. */
function labelValue(value: string): string {
  return visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
