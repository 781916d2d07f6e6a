import { amountText, counted, grouped, listed, named, percent } from './reading.ts';
import { isFor, type ReportInput, rowsOf, summaryOf } from './report-input.ts';

/** A sentence made from numbers, and the part of the report that has them. */
export interface Finding {
  readonly tone: 'bad' | 'warn' | 'good';
  readonly text: string;
  readonly anchor: string;
}

/** What stands out, gravest first; a report on nothing remarkable says that. */
export function findingsOf(input: ReportInput): Finding[] {
  const found = [
    ...(isFor(input, 'slo') ? verdictFindings(input) : []),
    ...(isFor(input, 'soc') ? socFindings(input) : []),
    ...(isFor(input, 'slo') ? outcomeFindings(input) : []),
    ...(isFor(input, 'cost') ? costFindings(input) : []),
  ];
  const grave = found.filter(({ tone }) => tone === 'bad');
  const all = [...grave, ...found.filter(({ tone }) => tone !== 'bad')];
  if (all.length > 0) return all;
  if (summaryOf(input).rows === 0) {
    return [
      { tone: 'warn', text: 'Nothing can be said: no tool call was seen.', anchor: 'coverage' },
    ];
  }
  return [{ tone: 'good', text: 'Nothing stands out in this window.', anchor: 'coverage' }];
}

function verdictFindings(input: ReportInput): Finding[] {
  return input.judgements.flatMap(({ slo, displayName, state, reason }): Finding[] => {
    if (state === 'met') return [];
    return [
      {
        tone: state === 'breached' ? 'bad' : 'warn',
        text: `${displayName}: ${state.replaceAll('_', ' ')}. ${reason}`,
        anchor: `slo-${slo}`,
      },
    ];
  });
}

interface BypassRow {
  readonly server_id: string;
  readonly unseen_calls: number;
  readonly not_through_calls: number;
  readonly not_through_destructive: number;
  readonly gateway_seen_ratio: number | null;
  readonly log_late_calls: number;
  readonly log_sampled_calls: number;
  readonly log_off_calls: number;
  readonly not_provable_calls: number;
  readonly is_observable: boolean;
}

interface AgentRow {
  readonly agent: string | null;
  readonly agent_id: string | null;
  readonly agent_owner: string | null;
  readonly is_known: boolean | null;
  readonly calls: number;
}

interface ApprovalRow {
  readonly server_id: string | null;
  readonly tool_name: string | null;
  readonly bypass_calls: number;
  readonly unprovable_calls: number;
}

function socFindings(input: ReportInput): Finding[] {
  const found: Finding[] = [];
  const servers = rowsOf<BypassRow>(input, 'soc/gateway_bypass_by_server');
  for (const row of servers.filter(({ not_through_calls }) => not_through_calls > 0)) {
    const grave =
      row.not_through_destructive > 0
        ? `; ${grouped(row.not_through_destructive)} of them destructive or unclassified`
        : '';
    found.push({
      tone: 'bad',
      text: `${named(row.server_id)} served ${counted(row.not_through_calls, 'call')} around the gateway, which saw ${percent(row.gateway_seen_ratio)} of its calls${grave}.`,
      anchor: 'bypass',
    });
  }
  const unproven = servers.filter((row) => row.unseen_calls > row.not_through_calls);
  if (unproven.length > 0) {
    found.push({ tone: 'warn', text: unprovenText(unproven), anchor: 'bypass' });
  }
  const mute = servers.filter(({ is_observable }) => !is_observable);
  if (mute.length > 0) {
    found.push({
      tone: 'warn',
      text: `${listed(mute.map(({ server_id }) => named(server_id)))} ${mute.length === 1 ? 'reports' : 'report'} nothing, so a call around the gateway would not show there.`,
      anchor: 'bypass',
    });
  }
  return [...found, ...agentFindings(input), ...approvalFindings(input)];
}

/** Calls that lack their gateway record, for reasons that are no proof of a bypass. */
function unprovenText(rows: readonly BypassRow[]): string {
  const sum = (count: (row: BypassRow) => number) =>
    rows.reduce((total, row) => total + count(row), 0);
  const reasons: readonly (readonly [number, string])[] = [
    [sum((row) => row.log_late_calls), 'where its log is late or silent'],
    [sum((row) => row.log_sampled_calls), 'where it is sampled'],
    [sum((row) => row.log_off_calls), 'where it has nothing of the server'],
    [sum((row) => row.not_provable_calls), 'where the evidence does not say'],
  ];
  const total = sum((row) => row.unseen_calls - row.not_through_calls);
  const parts = reasons
    .filter(([calls]) => calls > 0)
    .map(([calls, reason]) => `${grouped(calls)} ${reason}`);
  return `${counted(total, 'call')} at ${listed(rows.map(({ server_id }) => named(server_id)))} ${total === 1 ? 'has' : 'have'} no gateway record, and a bypass is not provable: ${listed(parts, 4)}.`;
}

function agentFindings(input: ReportInput): Finding[] {
  const rows = rowsOf<AgentRow>(input, 'soc/calls_by_agent');
  const unowned = rows.filter((row) => row.agent_id !== null && row.agent_owner === null);
  const nameless = rows.filter(({ agent_id }) => agent_id === null);
  const callsOf = (some: readonly AgentRow[]) => some.reduce((sum, { calls }) => sum + calls, 0);
  const found: Finding[] = [];
  if (unowned.length > 0) {
    // One agent has a row for each way its id was read.
    const agents = new Map(unowned.map((row) => [row.agent_id, named(row.agent ?? row.agent_id)]));
    const names = listed([...agents.values()]);
    found.push({
      tone: 'bad',
      text: `${counted(agents.size, 'agent')} without an owner made ${counted(callsOf(unowned), 'call')}: ${names}.`,
      anchor: 'agents',
    });
  }
  if (nameless.length > 0) {
    found.push({
      tone: 'warn',
      text: `${counted(callsOf(nameless), 'call')} cannot be attributed to any agent.`,
      anchor: 'agents',
    });
  }
  return found;
}

function approvalFindings(input: ReportInput): Finding[] {
  const tools = rowsOf<ApprovalRow>(input, 'soc/approvals_by_tool');
  return tools
    .filter(({ bypass_calls }) => bypass_calls > 0)
    .map(({ server_id, tool_name, bypass_calls }) => ({
      tone: 'bad',
      text: `${named(tool_name, 'An unnamed tool')} at ${named(server_id, 'an unknown server')} ran ${counted(bypass_calls, 'time')} without an approval that covers it.`,
      anchor: 'approvals',
    }));
}

function outcomeFindings(input: ReportInput): Finding[] {
  const { failure, hidden_failures } = summaryOf(input);
  if (hidden_failures === 0) return [];
  return [
    {
      tone: 'warn',
      text: `${grouped(hidden_failures)} of ${counted(failure, 'failed call')} answered with an HTTP success: a view of status codes alone shows none of them.`,
      anchor: 'outcomes',
    },
  ];
}

interface CostRow {
  readonly agent: string;
  readonly agent_id: string | null;
  readonly currency: string | null;
  readonly amount: string | null;
  readonly amount_ratio: number | null;
}

function costFindings(input: ReportInput): Finding[] {
  const found: Finding[] = [];
  const agents = rowsOf<CostRow>(input, 'finops/cost_by_agent').filter(
    ({ amount }) => amount !== null,
  );
  const currencies = new Set(agents.map(({ currency }) => currency ?? ''));
  for (const currency of currencies) {
    // Dearest first within each currency.
    const dearest = agents.find(
      (row) => row.agent_id !== null && (row.currency ?? '') === currency,
    );
    if (dearest === undefined) continue;
    const total = currencies.size > 1 ? `all in ${currency}` : 'the total';
    found.push({
      tone: 'good',
      text: `${named(dearest.agent)} cost most: ${amountText(dearest.amount ?? '0')} ${currency}, ${percent(dearest.amount_ratio)} of ${total}.`,
      anchor: 'cost-agents',
    });
  }
  for (const row of agents.filter(({ agent_id }) => agent_id === null)) {
    found.push({
      tone: 'warn',
      text: `${amountText(row.amount ?? '0')} ${row.currency ?? ''} (${percent(row.amount_ratio)}) cannot be attributed to an agent.`,
      anchor: 'unattributed',
    });
  }
  const unpriced = rowsOf<{ readonly items: number }>(input, 'finops/unpriced');
  if (unpriced.length > 0) {
    const items = unpriced.reduce((sum, row) => sum + row.items, 0);
    found.push({
      tone: 'warn',
      text: `${counted(items, 'charge')} of ${counted(unpriced.length, 'kind')} have no price and are in no amount.`,
      anchor: 'unpriced',
    });
  }
  return found;
}
