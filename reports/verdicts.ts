import type { Row } from '../store/values.ts';
import type { ControlJudgement, Judgement, ObjectiveJudgement, RuleCount } from './judgement.ts';
import type { Column, Listing } from './listing.ts';
import { counted, grouped, groupedBeside, percent } from './reading.ts';
import { shortened, visible } from './visible.ts';

const text = (name: string): Column => ({ name, type: 'varchar' });
const count = (name: string): Column => ({ name, type: 'bigint' });

const COLUMNS: readonly Column[] = [
  text('state'),
  text('objective'),
  text('measured'),
  text('target'),
  { name: 'budget_left', type: 'double', unit: 'ratio' },
  text('window'),
  text('reason'),
  text('kind'),
  text('slo'),
  text('service'),
  text('owner'),
  count('in_scope'),
  count('good'),
  count('bad'),
  count('excluded'),
  count('unmeasurable'),
  count('population'),
  count('violating'),
  count('unobservable'),
  count('waived'),
  text('window_from'),
  text('window_to'),
  text('defined_at'),
  text('definition_hash'),
];

const BRIEF = ['state', 'objective', 'measured', 'target', 'budget_left', 'window'] as const;

/** Verdicts as a listing: one row each, with the numbers behind it. */
export function verdictListing(judgements: readonly Judgement[]): Listing {
  return { columns: COLUMNS, rows: judgements.map(verdictRow), brief: BRIEF };
}

function verdictRow(judgement: Judgement): Row {
  const { state, displayName, reason, windowText, window } = judgement;
  return {
    ...(judgement.kind === 'objective' ? objectiveNumbers(judgement) : controlNumbers(judgement)),
    state,
    objective: displayName,
    reason,
    window: windowText,
    kind: judgement.kind,
    slo: judgement.slo,
    service: judgement.service,
    owner: judgement.owner,
    window_from: window.from,
    window_to: window.to,
    defined_at: judgement.definedAt,
    definition_hash: judgement.definitionHash,
  };
}

function objectiveNumbers(judgement: ObjectiveJudgement): Row {
  const { goodText, targetText, threshold, budget, inScope, good, bad } = judgement;
  const limit = threshold ? ` ${threshold.op === 'lte' ? '<=' : '<'} ${threshold.value} ms` : '';
  return {
    measured: goodText === null ? 'nothing' : `${goodText}${percentileText(judgement)}`,
    target: `${targetText}${limit}`,
    budget_left: budget?.remainingRatio ?? null,
    in_scope: inScope.weight,
    good: good.weight,
    bad: bad.weight,
    excluded: weightOf(judgement.excluded),
    unmeasurable: weightOf(judgement.unmeasurable),
  };
}

/** 'p95' of a share of 0.95. */
export function percentileName({ share }: { readonly share: number }): string {
  return `p${grouped(share * 100)}`;
}

function percentileText({ percentile, threshold }: ObjectiveJudgement): string {
  if (!percentile || !threshold || percentile.value === null) return '';
  return `, ${percentileName(percentile)} ${groupedBeside(percentile.value, threshold.value)} ms`;
}

function weightOf(rules: readonly RuleCount[]): string {
  return rules.reduce((sum, { weight }) => sum + BigInt(weight), 0n).toString();
}

function controlNumbers(judgement: ControlJudgement): Row {
  const { population, violating, unobservable, waived = 0 } = judgement;
  const unseen = unobservable === 0 ? '' : `, ${grouped(unobservable)} unobservable`;
  return {
    measured: `${grouped(violating)} of ${grouped(population)}${unseen}`,
    target: '0',
    population,
    violating,
    unobservable,
    waived,
  };
}

/** How many violating subjects are named; the others are counted. */
const MOST_SUBJECTS = 5;
const LONGEST_SUBJECT = 100;

/** Why each verdict is what it is, in words for a terminal. */
export function verdictReasons(judgements: readonly Judgement[]): string {
  const blind = blindLines(judgements).map((line) => `${visible(line)}\n`);
  const reasons = judgements.map((each) => `${reasonLines(each).join('\n')}\n`);
  return [...(blind.length > 0 ? [blind.join('')] : []), ...reasons].join('\n');
}

/** What is not seen can neither fire nor end: an alert of its own, once for all that it blinds. */
export function blindLines(judgements: readonly Judgement[]): string[] {
  const lines = judgements.flatMap(({ blindness }) => {
    if (!blindness) return [];
    const { state, source, since, blinds } = blindness;
    const what = state === 'stale' ? 'Stale telemetry' : 'No telemetry';
    return [
      `${what} of ${source}${since === null ? '' : ` since ${since}`}. Blind: ${blinds.join(', ')}.`,
    ];
  });
  return [...new Set(lines)];
}

function reasonLines(judgement: Judgement): string[] {
  const { displayName, state, reason } = judgement;
  const lines = [
    `${displayName}: ${state.replaceAll('_', ' ')}. ${reason}`,
    ...revisionLines(judgement.revision),
  ];
  if (judgement.kind === 'control') lines.push(...subjectLines(judgement));
  else lines.push(...sumLines(judgement), ...alertLines(judgement), ...noteLines(judgement));
  return lines.map((line) => visible(line));
}

/** A verdict that was given before is never changed in silence. */
function revisionLines(revision: Judgement['revision']): string[] {
  return revision ? [`  ~ ${revisionText(revision)}`] : [];
}

export function revisionText(revision: NonNullable<Judgement['revision']>): string {
  const { state, judgedAt, good, bad, violating = 0, population = 0, unobservable = 0 } = revision;
  const numbers =
    good === undefined
      ? `${grouped(violating)} of ${grouped(population)} violating, ${grouped(unobservable)} unobservable`
      : `${grouped(good)} good and ${grouped(bad ?? 0)} bad`;
  return `revised: ${state.replaceAll('_', ' ')} was judged at ${judgedAt}, with ${numbers}`;
}

function subjectLines(judgement: ControlJudgement): string[] {
  const { violations, violating, doubts, state } = judgement;
  const named = violations.slice(0, MOST_SUBJECTS);
  const lines = named.map(({ subject, explanation, waiver }) => {
    const name = shortened(Object.values(subject).join(' '), LONGEST_SUBJECT);
    return `  - ${name}: ${explanation}${waiver ? ` (waived: ${waiver})` : ''}`;
  });
  const rest = violating - named.length;
  if (rest > 0) lines.push(`  - and ${grouped(rest)} more; --format json lists them`);
  // Of what is not provable the doubts are the reason itself.
  if (state === 'breached') lines.push(...doubts.map((doubt) => `  ! ${doubt}`));
  return [...lines, ...waiverLines(judgement)];
}

/** Waivers are read again and again, so that none outlives its reason. */
function waiverLines({ waivers = [] }: ControlJudgement): string[] {
  return waivers.map(
    ({ name, state, subjects, approver, expiresAt, reason }) =>
      `  ~ waiver ${name}: ${state.replaceAll('_', ' ')}, ${counted(subjects, 'subject')}, until ${expiresAt}, by ${approver}: ${reason}`,
  );
}

/** in scope = good + bad + what was set apart; and the figure without what is set apart by a rule. */
function sumLines(judgement: ObjectiveJudgement): string[] {
  const { inScope, good, bad, excluded, unmeasurable, ratioWithoutExclusions, facts } = judgement;
  const apart = [...excluded, ...unmeasurable]
    .filter(({ weight }) => String(weight) !== '0')
    .map(({ id, weight }) => ` + ${grouped(weight)} ${id}`);
  const isLess = excluded.some(({ weight }) => String(weight) !== '0');
  return [
    `  ${grouped(inScope.weight)} in scope = ${grouped(good.weight)} good + ${grouped(bad.weight)} bad${apart.join('')}`,
    ...(isLess && ratioWithoutExclusions !== null
      ? [`  without exclusions ${percent(ratioWithoutExclusions)} would be good`]
      : []),
    ...outcomeLines(judgement),
    ...factLines(facts),
  ];
}

/** '1,204 ms of success, 80 ms of failure': a fast failure flatters the percentile of all. */
export function outcomePercentileText({
  percentileByOutcome,
  threshold,
}: ObjectiveJudgement): string | undefined {
  if (!percentileByOutcome || !threshold) return undefined;
  const { success, failure } = percentileByOutcome;
  const of = (value: number | null, outcome: string): string =>
    `${value === null ? 'not known' : `${groupedBeside(value, threshold.value)} ms`} of ${outcome}`;
  return `${of(success, 'success')}, ${of(failure, 'failure')}`;
}

function outcomeLines(judgement: ObjectiveJudgement): string[] {
  const text = outcomePercentileText(judgement);
  if (text === undefined || !judgement.percentile) return [];
  return [`  ${percentileName(judgement.percentile)} ${text}`];
}

function factLines(facts: ObjectiveJudgement['facts']): string[] {
  const told = Object.entries(facts ?? {});
  if (told.length === 0) return [];
  const list = told.map(([name, value]) => `${name.replaceAll('_', ' ')} ${grouped(value)}`);
  return [`  ${list.join(', ')}`];
}

/** Of notes that repeat themselves, one rule after another, the first few. */
const MOST_NOTES = 3;

function noteLines({ notes = [] }: ObjectiveJudgement): string[] {
  const told = notes.slice(0, MOST_NOTES).map(({ id, text: note }) => `  * ${note} [${id}]`);
  const rest = notes.length - told.length;
  return rest > 0 ? [...told, `  * and ${grouped(rest)} more; --format json lists them`] : told;
}

type Pair = ObjectiveJudgement['burnPairs'][number];

/** The alerts that fire, or would but for a guard: at 1 the whole budget burns in exactly the window. */
function alertLines({ burnPairs, budgetAlerts = [] }: ObjectiveJudgement): string[] {
  return [...burnPairs.flatMap(pairLines), ...budgetLines(budgetAlerts)];
}

function pairLines(pair: Pair): string[] {
  const { name, severity, state, long, short, longBurnRate, shortBurnRate, threshold } = pair;
  const rate = (burn: number | null) => (burn === null ? 'not known' : grouped(burn, 1, 1));
  if (state === 'frozen') {
    return [
      `  ! ${severity} ${name}: frozen; it fired when rows were last seen, at ${pair.frozenAt ?? ''}${quietText(pair)}`,
    ];
  }
  if (state !== 'firing' && state !== 'low_traffic') return [];
  const burns = `burns at ${rate(longBurnRate)} over ${long} and ${rate(shortBurnRate)} over ${short}, the limit is ${grouped(threshold)}${pair.denominator === 'period' ? " (of the window's average traffic)" : ''}`;
  if (state === 'firing') return [`  ! ${severity} ${name}: ${burns}${quietText(pair)}`];
  const { events = 0, badEvents = 0, minEvents = 0, minBadEvents = 0 } = pair;
  return [
    `  ~ ${severity} ${name}: held back; ${burns}, of ${counted(events, 'row')} with ${grouped(badEvents)} bad, where ${grouped(minEvents)} with ${grouped(minBadEvents)} bad are asked for`,
  ];
}

/** Of the shares that are used the greatest says it all. */
function budgetLines(alerts: NonNullable<ObjectiveJudgement['budgetAlerts']>): string[] {
  const firing = alerts.filter(({ state }) => state === 'firing');
  const used = firing.filter(({ kind }) => kind === 'consumed').at(-1);
  return firing.flatMap((alert) => {
    const { kind, limit, value } = alert;
    if (kind === 'consumed') {
      return alert === used
        ? [`  ! budget: ${percent(value ?? 0)} is used, the limit is ${limit}`]
        : [];
    }
    if (kind === 'drop') {
      return [`  ! budget: ${percent(value ?? 0)} went, the limit is ${limit}`];
    }
    const hours = grouped((value ?? 0) / 3_600_000, 0, 1);
    return [`  ! budget: gone in ${hours} h if it goes on so, the limit is ${limit}`];
  });
}

/** Why an alert that fires tells nobody. */
export function quietText({
  isMuted,
  isSuppressed,
}: {
  isMuted?: boolean;
  isSuppressed?: boolean;
}) {
  if (isMuted) return ' (muted: a maintenance takes place)';
  return isSuppressed ? ' (suppressed: a page fires)' : '';
}
