import { budgets } from '../charts/budgets.ts';
import { callsByDay } from '../charts/calls-by-day.ts';
import { type LatencyBucket, latencyOverTime } from '../charts/latency.ts';
import type { Judgement, ObjectiveJudgement } from '../judgement.ts';
import type { Listing } from '../listing.ts';
import { answer, type ReportInput, rowsOf } from '../report-input.ts';
import { chart, tableFigure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { verdictBlock } from './verdict-block.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** For the reliability engineer: the promises, and what they were held against. */
export async function srePart(input: ReportInput): Promise<Markup> {
  return html`<section class="part" id="sre" aria-labelledby="sre-title">
<h2 id="sre-title">Reliability: were the promises kept</h2>
<p class="lead">A verdict counts rows; percentiles are shown beside it. Silence is not success: without enough evidence a target is not met, it is unverified.</p>
${await budgetChart(input)}
<div class="verdicts">${worstFirst(input.judgements).map(verdictBlock)}</div>
${await callChart(input)}
<div class="grid">${await latencyChart(input, 'read_only')}${await latencyChart(input, 'write')}</div>
<div id="outcomes">${outcomes(input)}</div>
${latencyTable(input)}
</section>\n`;
}

const GRAVEST_FIRST = ['breached', 'at_risk', 'not_provable', 'insufficient_data', 'met'];

function worstFirst(judgements: readonly Judgement[]): Judgement[] {
  const rank = ({ state }: Judgement) => GRAVEST_FIRST.indexOf(state);
  return judgements.toSorted((a, b) => rank(a) - rank(b));
}

async function budgetChart({ judgements }: ReportInput): Promise<Markup> {
  const objectives = worstFirst(judgements).filter(
    (each): each is ObjectiveJudgement => each.kind === 'objective',
  );
  if (objectives.length === 0) return html``;
  const rows = objectives.map(({ displayName, state, budget }) => ({
    name: displayName,
    state,
    consumed_ratio: budget?.consumedRatio ?? null,
  }));
  const listing: Listing = {
    columns: [
      { name: 'name', type: 'varchar' },
      { name: 'state', type: 'varchar' },
      { name: 'consumed_ratio', type: 'double', unit: 'ratio' },
    ],
    rows,
  };
  return chart((frame) => budgets(rows, frame), {
    title: 'Error budgets',
    note: 'How much of what may go wrong has gone wrong; beyond the mark at 100 % the target is missed.',
    listing,
    caption: 'Error budgets used',
  });
}

interface DayRow {
  readonly day: string;
  readonly outcome: string;
  readonly calls: number;
}

function callChart(input: ReportInput): Promise<Markup> {
  const rows = rowsOf<DayRow>(input, 'sre/calls_by_day').map((row) => ({
    ...row,
    day: row.day.slice(0, 10),
  }));
  return chart((frame) => callsByDay(rows, frame), {
    title: 'Calls by day and outcome',
    note: 'Each outcome has a scale of its own. Days are UTC.',
    listing: answer(input, 'sre/calls_by_day'),
    caption: 'Calls by day and outcome',
    query: 'sre/calls_by_day',
  });
}

type LatencyRow = Omit<LatencyBucket, 'at'> & {
  readonly day?: string;
  readonly hour?: string;
  readonly tool_class: string;
};

async function latencyChart(input: ReportInput, toolClass: string): Promise<Markup> {
  const isLong = Date.parse(input.window.to) - Date.parse(input.window.from) > 4 * DAY_MS;
  const query = isLong ? 'sre/latency_by_day' : 'sre/latency_by_hour';
  const whole = answer(input, query);
  const isOfClass = (row: unknown) => (row as LatencyRow).tool_class === toolClass;
  const listing = { ...whole, rows: whole.rows.filter(isOfClass) };
  if (listing.rows.length === 0) return html``;
  const buckets = rowsOf<LatencyRow>(input, query)
    .filter(isOfClass)
    .map((row) => ({ ...row, at: row.day ?? row.hour ?? '' }));
  const thresholdMs = thresholdOf(input, toolClass, isLong);
  const options = {
    bucketMs: isLong ? DAY_MS : HOUR_MS,
    ...(thresholdMs === undefined ? {} : { thresholdMs }),
  };
  const name = toolClass.replaceAll('_', '-');
  return chart((frame) => latencyOverTime(buckets, frame, options), {
    title: `Latency of ${name} tools`,
    note: `Weighted nearest-rank percentiles of each ${isLong ? 'day, waits for a human approval left out' : 'hour, waits for a human approval included'}; no line crosses a gap.`,
    listing,
    caption: `Latency of ${name} tools`,
    query,
    isHalf: true,
  });
}

/**
 * The limit of the objective whose name says that it is about this class of tools. Where waits for
 * an approval are drawn in, only a limit on the whole latency can be held against it.
 */
function thresholdOf(
  { judgements }: ReportInput,
  toolClass: string,
  isWithoutWaits: boolean,
): number | undefined {
  const words = toolClass.replaceAll('_', '-');
  for (const judgement of judgements) {
    if (judgement.kind !== 'objective' || !judgement.slo.includes(words)) continue;
    const { threshold } = judgement;
    if (threshold && (isWithoutWaits || threshold.field === 'latency_ms')) return threshold.value;
  }
  return undefined;
}

function outcomes(input: ReportInput): Markup {
  return tableFigure({
    title: 'Outcomes by server',
    note: 'Three outcomes are kept apart: HTTP, JSON-RPC and the tool’s own isError. A hidden failure stands behind an HTTP success.',
    listing: answer(input, 'sre/outcomes_by_server'),
    caption: 'Outcomes by server, worst first',
    query: 'sre/outcomes_by_server',
    columns: [
      'server_id',
      'server_owner',
      'calls',
      'success',
      'failure',
      'failure_ratio',
      'denied',
      'unknown',
      'transport_errors',
      'protocol_errors',
      'tool_errors',
      'hidden_failures',
      'last_failure_at',
    ],
  });
}

function latencyTable(input: ReportInput): Markup {
  return tableFigure({
    title: 'Latency by tool',
    note: 'Refused calls are left out: their fast answers would flatter the figures.',
    listing: answer(input, 'sre/latency_by_tool'),
    caption: 'Latency by tool, slowest first',
    query: 'sre/latency_by_tool',
  });
}
