import type { Row } from '../../store/values.ts';
import type { ControlJudgement, Judgement, ObjectiveJudgement, RuleCount } from '../judgement.ts';
import type { Column, Listing } from '../listing.ts';
import { counted, grouped, groupedBeside, percent, timeText } from '../reading.ts';
import { outcomePercentileText, percentileName, quietText, revisionText } from '../verdicts.ts';
import { badge } from './badge.ts';
import { type Content, html, type Markup } from './markup.ts';
import { foldedTable, table } from './table.ts';

const TONE: Readonly<Record<Judgement['state'], string>> = {
  met: 'good',
  at_risk: 'warn',
  breached: 'bad',
  insufficient_data: 'dim',
  not_provable: 'warn',
};

/** One verdict with every number behind it, as the judge gave them. */
export function verdictBlock(judgement: Judgement): Markup {
  const { slo, displayName, state, reason, windowText, window, owner, definedAt, revision } =
    judgement;
  const body = judgement.kind === 'objective' ? objectiveBody(judgement) : controlBody(judgement);
  return html`<article class="${TONE[state]}" id="slo-${slo}" aria-labelledby="slo-${slo}-title">
<header><h3 id="slo-${slo}-title">${displayName}</h3>${badge(state)}</header>
<p>${reason}</p>
${revision ? html`<ul class="note"><li>${revisionText(revision)}</li></ul>` : ''}${body}
<p class="foot">Over ${windowText}, ${timeText(window.from)} to ${timeText(window.to)}${owner === null ? '' : html` · owner <bdi>${owner}</bdi>`} · defined in <code>${definedAt}</code></p>
</article>\n`;
}

function objectiveBody(judgement: ObjectiveJudgement): Markup {
  const { goodText, targetText, percentile, threshold, budget, interval } = judgement;
  const numbers: (readonly [string, Content])[] = [
    ['Good', goodText ?? 'nothing measured'],
    ['Promised', targetText],
  ];
  if (percentile && threshold) {
    const value =
      percentile.value === null
        ? 'not known'
        : `${groupedBeside(percentile.value, threshold.value)} ms`;
    numbers.push([`${percentileName(percentile)} (limit ${grouped(threshold.value)} ms)`, value]);
    const apart = outcomePercentileText(judgement);
    if (apart !== undefined) numbers.push([`${percentileName(percentile)} by outcome`, apart]);
  }
  if (budget) {
    numbers.push(
      ['Budget used', percent(budget.consumedRatio)],
      ['Budget left', budgetLeft(budget, judgement.timeslice ? 'slices' : 'events')],
    );
  }
  if (interval) {
    numbers.push([
      `${percent(Number(interval.confidence))} interval`,
      `${percent(interval.low)} to ${percent(interval.high)}`,
    ]);
  }
  return html`${facts(numbers)}${reconciliation(judgement)}${notesOf(judgement)}${burn(judgement)}`;
}

/** Of a few events a part of one is told, or what is overspent would be shown as nothing. */
function budgetLeft(
  { remainingEvents, allowedEvents }: NonNullable<ObjectiveJudgement['budget']>,
  counted: string,
) {
  const digits = allowedEvents < 10 ? 1 : 0;
  return `${grouped(remainingEvents, 0, digits)} of ${grouped(allowedEvents, 0, digits)} ${counted}`;
}

function notesOf({ notes = [] }: ObjectiveJudgement): Content {
  if (notes.length === 0) return '';
  return html`<ul class="note">${notes.map(({ id, text }) => html`<li>${text} <code>${id}</code></li>`)}</ul>`;
}

function facts(numbers: readonly (readonly [string, Content])[]): Markup {
  return html`<dl${numbers.length === 4 ? html` class="four"` : ''}>${numbers.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>\n`;
}

/**
 * in scope = excluded + unmeasurable + good + bad, and the rules behind the first two. All corrected for
 * sampling, as the share is.
 */
function reconciliation(judgement: ObjectiveJudgement): Markup {
  const { inScope, good, bad, excluded, unmeasurable, assumed, ratioWithoutExclusions } = judgement;
  const parts = (rules: readonly RuleCount[], word: string) =>
    rules
      .filter(({ weight }) => Number(weight) > 0)
      .map(({ id, weight }) => html` + ${grouped(weight)} ${word} <bdi>${id}</bdi>`);
  const rules: Row[] = [
    ...rulesAs('excluded', excluded),
    ...rulesAs('unmeasurable', unmeasurable),
    ...rulesAs('counted on an assumption', assumed),
  ];
  const sampled =
    String(inScope.rows) === String(inScope.weight) ? '' : ` (${counted(inScope.rows, 'row')})`;
  const without =
    ratioWithoutExclusions === null || excluded.length === 0
      ? ''
      : html` Without any exclusion ${percent(ratioWithoutExclusions)} would be good.`;
  return html`<p class="sum"><b>${grouped(inScope.weight)} in scope</b>${sampled} = ${grouped(good.weight)} good + ${grouped(bad.weight)} bad${parts(excluded, 'excluded as')}${parts(unmeasurable, 'unmeasurable as')}.${without}</p>
${rules.length === 0 ? '' : foldedTable(listing(RULE_COLUMNS, rules), { caption: 'Rules that set rows apart' })}`;
}

const RULE_COLUMNS: readonly Column[] = [
  { name: 'rule', type: 'varchar' },
  { name: 'effect', type: 'varchar' },
  { name: 'rows', type: 'bigint' },
  { name: 'calls', type: 'bigint', meaning: 'corrected for sampling' },
  { name: 'reason', type: 'varchar' },
];

function rulesAs(effect: string, rules: readonly RuleCount[]): Row[] {
  return rules.map(({ id, reason, rows, weight }) => ({
    rule: id,
    effect,
    rows,
    calls: weight,
    reason,
  }));
}

const BURN_COLUMNS: readonly Column[] = [
  { name: 'alert', type: 'varchar' },
  { name: 'severity', type: 'varchar' },
  { name: 'fires_above', type: 'double' },
  { name: 'long_window', type: 'varchar' },
  { name: 'long_burn', type: 'double' },
  { name: 'short_window', type: 'varchar' },
  { name: 'short_burn', type: 'double' },
  { name: 'state', type: 'varchar' },
];

function burn({ burnPairs }: ObjectiveJudgement): Content {
  if (burnPairs.length === 0) return null;
  const rows = burnPairs.map((pair) => ({
    alert: pair.name,
    severity: pair.severity,
    fires_above: pair.threshold,
    long_window: pair.long,
    long_burn: pair.longBurnRate,
    short_window: pair.short,
    short_burn: pair.shortBurnRate,
    state: `${pair.state.replaceAll('_', ' ')}${quietText(pair)}`,
  }));
  return foldedTable(listing(BURN_COLUMNS, rows), {
    caption: 'Burn rates; 1 uses the budget in exactly the window',
  });
}

function controlBody(judgement: ControlJudgement): Markup {
  const { population, classified, violating, unobservable, doubts, unobservableBy } = judgement;
  const hidden = unobservableBy.filter(({ subjects }) => subjects > 0);
  return html`${facts([
    ['Population', grouped(population)],
    ['Classified', grouped(classified)],
    ['Violating', grouped(violating)],
    ['Unobservable', grouped(unobservable)],
  ])}
<p class="sum"><b>${grouped(population)} in the population</b> = ${grouped(classified)} classified + ${grouped(unobservable)} unobservable.</p>
${hidden.length === 0 ? '' : html`<ul class="note">${hidden.map(({ reason, subjects }) => html`<li>${grouped(subjects)} unobservable: ${reason}</li>`)}</ul>`}
${doubts.length === 0 ? '' : html`<ul class="note">${doubts.map((doubt) => html`<li>${doubt}</li>`)}</ul>`}
${violations(judgement)}
${waivers(judgement)}`;
}

/** A waiver is read again with each report, so that none outlives its reason. */
function waivers({ waivers: written = [] }: ControlJudgement): Content {
  if (written.length === 0) return null;
  const lines = written.map(
    ({ name, state, subjects, reason, approver, expiresAt }) =>
      html`<li>Waiver <bdi>${name}</bdi>, ${state.replaceAll('_', ' ')}: ${counted(subjects, 'subject')} until <bdi>${expiresAt}</bdi>, by <bdi>${approver}</bdi>: ${reason}</li>`,
  );
  return html`<ul class="note">${lines}</ul>`;
}

const VIOLATION_COLUMNS: readonly Column[] = [
  { name: 'subject', type: 'varchar' },
  { name: 'finding', type: 'varchar' },
  { name: 'rows', type: 'bigint' },
  { name: 'last_seen_at', type: 'timestamptz' },
];

const WAIVER_COLUMN: Column = { name: 'waived_by', type: 'varchar' };

function violations({ violations: found, violationsNotListed }: ControlJudgement): Content {
  if (found.length === 0) return null;
  const rows = found.map((violation) => ({
    subject: Object.values(violation.subject).join(' / '),
    finding: violation.finding,
    rows: violation.rows,
    last_seen_at: violation.lastSeenAt,
    waived_by: violation.waiver ?? null,
  }));
  const isWaived = rows.some(({ waived_by }) => waived_by !== null);
  const columns = isWaived ? [...VIOLATION_COLUMNS, WAIVER_COLUMN] : VIOLATION_COLUMNS;
  const explained = [...new Map(found.map(({ finding, explanation }) => [finding, explanation]))];
  const more =
    violationsNotListed > 0
      ? html`<p class="note">${grouped(violationsNotListed)} more are not listed.</p>`
      : '';
  return html`${table(listing(columns, rows), { caption: 'What violates it' })}${more}
<ul class="note">${explained.map(([finding, explanation]) => html`<li><bdi>${finding}</bdi>: ${explanation}</li>`)}</ul>`;
}

function listing(columns: readonly Column[], rows: readonly Row[]): Listing {
  return { columns, rows };
}
