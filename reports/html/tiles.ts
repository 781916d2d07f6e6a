import { amountText, counted, grouped, percent } from '../reading.ts';
import { isFor, type ReportInput, rowsOf, type Summary, summaryOf } from '../report-input.ts';
import { html, type Markup } from './markup.ts';

interface Tile {
  readonly figure: string;
  readonly what: string;
  readonly note: string;
}

/** The figures to see first, by reader. */
export function tiles(input: ReportInput): Markup {
  const all = [
    ...callTiles(input),
    ...(isFor(input, 'slo') ? [verdictTile(input)] : []),
    ...(isFor(input, 'soc') ? [bypassTile(input), agentTile(input)] : []),
    ...(isFor(input, 'cost') ? costTiles(input) : []),
  ];
  return html`<ul class="tiles" aria-label="Key figures">${all.map(
    ({ figure, what, note }) =>
      html`<li><span class="what">${what}</span><b>${figure}</b><span>${note}</span></li>\n`,
  )}</ul>\n`;
}

function callTiles(input: ReportInput): Tile[] {
  const { calls, agents, servers } = summaryOf(input);
  return [
    {
      what: 'Tool calls',
      figure: grouped(calls),
      note: `${grouped(agents)} agents, ${grouped(servers)} servers`,
    },
    failureTile(summaryOf(input)),
  ];
}

/** Where more outcomes are unknown than known, the share of the known says nothing of all. */
function failureTile({ success, failure, failure_ratio, denied, unknown }: Summary): Tile {
  const known = success + failure;
  const isTelling = known === 0 || unknown <= known;
  return {
    what: 'Failed',
    figure: isTelling ? percent(failure_ratio) : grouped(failure),
    note: `${grouped(failure)} of ${grouped(known)} known to have run; ${grouped(denied)} denied, ${grouped(unknown)} unknown`,
  };
}

function verdictTile({ judgements }: ReportInput): Tile {
  const count = (state: string) => judgements.filter((each) => each.state === state).length;
  const unproven = count('insufficient_data') + count('not_provable');
  return {
    what: 'Targets met',
    figure: `${count('met')} of ${judgements.length}`,
    note: `${count('breached')} breached, ${count('at_risk')} at risk, ${unproven} not verified`,
  };
}

function bypassTile(input: ReportInput): Tile {
  const rows = rowsOf<{
    readonly unseen_calls: number;
    readonly not_through_calls: number;
    readonly is_observable: boolean;
  }>(input, 'soc/gateway_bypass_by_server');
  const proven = rows.reduce((sum, row) => sum + row.not_through_calls, 0);
  const unproven = rows.reduce((sum, row) => sum + row.unseen_calls, 0) - proven;
  const hidden = rows.filter(({ is_observable }) => !is_observable).length;
  return {
    what: 'Around the gateway',
    figure: grouped(proven),
    note: [
      unproven === 0 ? 'calls proven' : `calls proven, ${grouped(unproven)} not provable`,
      hidden === 0 ? 'every server reports' : `${counted(hidden, 'server')} cannot show any`,
    ].join('; '),
  };
}

function agentTile(input: ReportInput): Tile {
  const { agents, unowned_agents } = summaryOf(input);
  return {
    what: 'Agents without owner',
    figure: grouped(unowned_agents),
    note: `of ${grouped(agents)} seen`,
  };
}

/** One for each currency: amounts in different ones have no sum. */
function costTiles(input: ReportInput): Tile[] {
  const rows = rowsOf<{
    readonly currency: string;
    readonly amount: string;
    readonly items: number;
  }>(input, 'finops/cost_by_currency');
  return rows.map(({ currency, amount, items }) => ({
    what: `Cost, ${currency}`,
    figure: amountText(amount),
    note: `${grouped(items)} charges`,
  }));
}
