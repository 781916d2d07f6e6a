import { type Bar, bars } from '../charts/bars.ts';
import { amountText, named, percent } from '../reading.ts';
import { answer, type ReportInput, rowsOf } from '../report-input.ts';
import { toolLabels } from '../tool-labels.ts';
import { chart, tableFigure } from './figure.ts';
import { html, type Markup } from './markup.ts';

/** More bars than this are in the table only, and the chart says so. */
const MOST_BARS = 12;

/** For the cost analyst: what it cost, who caused it, and what no price or agent is known for. */
export async function finopsPart(input: ReportInput): Promise<Markup> {
  return html`<section class="part" id="finops" aria-labelledby="finops-title">
<h2 id="finops-title">Cost: what it came to, and who caused it</h2>
<p class="lead">Amounts are exact decimals, priced by what was valid at the time of use. What has no price is counted and never dropped; amounts in different currencies are never added up.</p>
${totals(input)}
<div class="grid" id="cost-agents">${await costBars(input, 'agent')}${await costBars(input, 'model')}</div>
<div class="grid">${await costBars(input, 'server')}${await costBars(input, 'tool')}</div>
${costCenters(input)}
<div id="unattributed">${unattributed(input)}</div>
<div id="unpriced">${unpriced(input)}</div>
</section>\n`;
}

function totals(input: ReportInput): Markup {
  return tableFigure({
    title: 'In total',
    listing: answer(input, 'finops/cost_by_currency'),
    caption: 'Cost by currency',
    query: 'finops/cost_by_currency',
  });
}

type Grain = 'agent' | 'model' | 'server' | 'tool';

type CostRow = Partial<Record<Grain, string>> & {
  readonly currency: string | null;
  readonly amount: string | null;
  readonly amount_ratio: number | null;
};

async function costBars(input: ReportInput, grain: Grain): Promise<Markup> {
  const name = `finops/cost_by_${grain}`;
  const listing = answer(input, name);
  const rows = rowsOf<CostRow>(input, name);
  const labelOf = labels(rows, grain);
  const currencies = [...new Set(rows.flatMap(({ currency }) => currency ?? []))];
  const charts = currencies.map((currency) => {
    const ofIt = rows.filter((row) => row.currency === currency && row.amount !== null);
    const rest = ofIt.length - MOST_BARS;
    const cut = rest > 0 ? ` The dearest ${MOST_BARS}; ${rest} more are in the table.` : '';
    return chart(
      (frame) =>
        bars(
          ofIt.slice(0, MOST_BARS).map((row) => barOf(row, labelOf(row))),
          frame,
        ),
      {
        title: `Cost by ${grain}, ${currency}`,
        note: `${NOTES[grain]}${cut}`,
        listing,
        caption: `Cost by ${grain}`,
        query: name,
        columns: [
          ...NAMED_BY[grain],
          'currency',
          'amount',
          'amount_ratio',
          'calls',
          'cost_per_call',
        ],
        isHalf: true,
      },
    );
  });
  return html`${await Promise.all(charts)}`;
}

const NOTES: Readonly<Record<Grain, string>> = {
  agent: 'Model tokens, tool calls and the agent’s share of fixed costs.',
  model: 'Tokens by model; tool calls and fixed costs belong to none.',
  server: 'Tool calls and fixed costs by server; model use belongs to none.',
  tool: 'Tool calls by tool.',
};

/** The columns that tell what a row is of. */
const NAMED_BY: Readonly<Record<Grain, readonly Grain[]>> = {
  agent: ['agent'],
  model: ['model'],
  server: ['server'],
  tool: ['tool', 'server'],
};

function labels(rows: readonly CostRow[], grain: Grain): (row: CostRow) => string {
  if (grain !== 'tool') return (row) => named(row[grain] ?? null);
  const toolOf = (row: CostRow) => ({ tool: row.tool ?? null, server: row.server ?? null });
  const labelOf = toolLabels(rows.map(toolOf));
  return (row) => labelOf(toolOf(row));
}

function barOf(row: CostRow, label: string): Bar {
  return {
    label,
    value: Number(row.amount),
    text: `${amountText(row.amount ?? '0')} · ${percent(row.amount_ratio)}`,
    isResidual: label.startsWith('('),
  };
}

function costCenters(input: ReportInput): Markup {
  return tableFigure({
    title: 'Cost centers',
    note: 'The agent’s cost center, else the server’s.',
    listing: answer(input, 'finops/cost_by_cost_center'),
    caption: 'Cost by cost center',
    query: 'finops/cost_by_cost_center',
    columns: [
      'cost_center',
      'currency',
      'amount',
      'amount_ratio',
      'model_amount',
      'tool_call_amount',
      'fixed_amount',
      'calls',
      'cost_per_call',
      'unpriced_items',
    ],
  });
}

function unattributed(input: ReportInput): Markup {
  return tableFigure({
    title: 'Unattributed',
    note: 'Cost that no agent can be named for, and what is known of it instead.',
    listing: answer(input, 'finops/unattributed'),
    caption: 'Cost without an agent',
    query: 'finops/unattributed',
  });
}

function unpriced(input: ReportInput): Markup {
  return tableFigure({
    title: 'Unpriced',
    note: 'Used, and without a price at that time: rows to add to the price file.',
    listing: answer(input, 'finops/unpriced'),
    caption: 'Use without a price',
    query: 'finops/unpriced',
  });
}
