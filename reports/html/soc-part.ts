import { agentTools } from '../charts/agent-tools.ts';
import { named } from '../reading.ts';
import { answer, type ReportInput, rowsOf } from '../report-input.ts';
import { toolLabels } from '../tool-labels.ts';
import { chart, tableFigure } from './figure.ts';
import { html, type Markup } from './markup.ts';

interface ToolRow {
  readonly agent: string | null;
  readonly server_id: string | null;
  readonly tool_name: string | null;
  readonly calls: number;
  readonly is_destructive: boolean | null;
}

/** For the analyst: what happened that should not have, and who did it. */
export async function socPart(input: ReportInput): Promise<Markup> {
  return html`<section class="part" id="soc" aria-labelledby="soc-title">
<h2 id="soc-title">Security: who did what</h2>
<p class="lead">One row per tool call, from gateway and server evidence. <code>mcp-witness timeline --call ID</code> shows every piece of evidence behind a call.</p>
<div id="noteworthy">${noteworthy(input)}</div>
<div id="bypass">${bypass(input)}</div>
<div id="agents">${await matrix(input)}${agents(input)}</div>
<div id="approvals">${approvals(input)}</div>
</section>\n`;
}

function noteworthy(input: ReportInput): Markup {
  return tableFigure({
    title: 'Noteworthy calls',
    note: 'The latest of each kind: destructive calls that ran without an approval, calls around the gateway, refused calls, failed calls, calls without a gateway record.',
    listing: answer(input, 'soc/noteworthy_calls'),
    caption: 'Noteworthy calls, latest first',
    query: 'soc/noteworthy_calls',
    columns: [
      'timestamp',
      'why',
      'agent',
      'caller_identity',
      'server_id',
      'tool_name',
      'tool_class',
      'result_code',
      'call_id',
    ],
  });
}

function bypass(input: ReportInput): Markup {
  return tableFigure({
    title: 'Around the gateway',
    note: html`A call that a server saw and the gateway did not is outside the control plane only if its log was complete then and nothing ties the call to the gateway: <b>not through</b>. Else the log may be late, sampled or off, or the evidence does not say: <b>not provable</b>, which is not zero. A server that reports nothing cannot show a call. <code>mcp-witness query soc/gateway_bypass_calls</code> has each call with its evidence.`,
    listing: answer(input, 'soc/gateway_bypass_by_server'),
    caption: 'What the gateway saw, by server',
    query: 'soc/gateway_bypass_by_server',
    columns: [
      'server_id',
      'bypass_state',
      'gateway_seen_ratio',
      'gateway_calls',
      'server_calls',
      'unseen_calls',
      'not_through_calls',
      'log_late_calls',
      'log_sampled_calls',
      'log_off_calls',
      'not_provable_calls',
      'server_owner',
    ],
  });
}

async function matrix(input: ReportInput): Promise<Markup> {
  const answered = rowsOf<ToolRow>(input, 'soc/tools_by_agent');
  const toolOf = (row: ToolRow) => ({ tool: row.tool_name, server: row.server_id });
  const labelOf = toolLabels(answered.map(toolOf));
  const rows = answered.map((row) => ({
    agent: named(row.agent, '(unattributed)'),
    tool: labelOf(toolOf(row)),
    calls: row.calls,
    is_destructive: row.is_destructive ?? false,
  }));
  return chart((frame) => agentTools(rows, frame), {
    title: 'Agents and tools',
    note: 'Calls by each pair; the stronger the colour, the more. Tools that destroy come first, in a frame; beyond the busiest, agents and tools are folded into (other).',
    listing: answer(input, 'soc/tools_by_agent'),
    caption: 'Calls by agent and tool',
    query: 'soc/tools_by_agent',
  });
}

function agents(input: ReportInput): Markup {
  return tableFigure({
    title: 'Agents',
    note: 'An agent without an owner has nobody to ask; an id that is not verified was asserted by the client itself.',
    listing: answer(input, 'soc/calls_by_agent'),
    caption: 'Calls by agent',
    query: 'soc/calls_by_agent',
    columns: [
      'agent',
      'agent_owner',
      'is_known',
      'agent_id_source',
      'is_verified',
      'calls',
      'failed_calls',
      'denied_calls',
      'destructive_calls',
      'bypass_calls',
      'servers',
      'tools',
      'last_at',
    ],
  });
}

function approvals(input: ReportInput): Markup {
  return tableFigure({
    title: 'Approvals',
    note: 'Tools that need a human decision, and what ran without one that covers it: contradicted, decided too late, expired or used twice.',
    listing: answer(input, 'soc/approvals_by_tool'),
    caption: 'Approvals by tool',
    query: 'soc/approvals_by_tool',
    columns: [
      'server_id',
      'tool_name',
      'tool_class',
      'calls',
      'required_calls',
      'approved_calls',
      'denied_calls',
      'expired_calls',
      'undecided_calls',
      'executed_calls',
      'bypass_calls',
      'unprovable_calls',
      'median_wait_ms',
    ],
  });
}
