import type { TopLevelSpec } from 'vega-lite';
import { heatmap } from './heatmap.ts';
import type { Frame } from './theme.ts';

export interface AgentTool {
  readonly agent: string;
  readonly tool: string;
  readonly calls: number;
  readonly is_destructive: boolean;
}

const OTHER = '(other)';

/** Who called what: destructive tools in frames, then the busiest; the rest is folded together. */
export function agentTools(rows: readonly AgentTool[], frame: Frame): TopLevelSpec {
  const agents = busiest(rows, 'agent', frame.isNarrow ? 8 : 12);
  const tools = busiest(rows, 'tool', frame.isNarrow ? 5 : 14);
  const hasOther = rows.some(({ tool }) => !tools.includes(tool));
  const cells = new Map<string, { agent: string; tool: string; calls: number; marked: boolean }>();
  for (const row of rows) {
    const agent = agents.includes(row.agent) ? row.agent : OTHER;
    const tool = tools.includes(row.tool) ? row.tool : OTHER;
    const key = JSON.stringify([agent, tool]);
    const cell = cells.get(key) ?? { agent, tool, calls: 0, marked: false };
    cell.calls += row.calls;
    cell.marked ||= row.is_destructive;
    cells.set(key, cell);
  }
  const most = Math.max(1, ...[...cells.values()].map(({ calls }) => calls));
  const place = ({ agent, tool }: { agent: string; tool: string }) =>
    rank(agents, agent) * 1_000 + rank(tools, tool);
  return heatmap(
    [...cells.values()]
      .sort((a, b) => place(a) - place(b))
      .map(({ agent, tool, calls, marked }) => ({
        column: tool,
        row: agent,
        // Calls per pair differ by orders of magnitude; on a linear scale all but one are white.
        level: Math.log1p(calls) / Math.log1p(most),
        text: shortCount(calls),
        isMarked: marked,
      })),
    frame,
    hasOther ? [...tools, OTHER] : tools,
  );
}

function busiest(rows: readonly AgentTool[], key: 'agent' | 'tool', limit: number): string[] {
  const calls = new Map<string, number>();
  for (const row of rows) calls.set(row[key], (calls.get(row[key]) ?? 0) + row.calls);
  // A tool that destroys is worth a column of its own, however rarely it is called.
  const grave = new Set(rows.filter((row) => row.is_destructive).map((row) => row[key]));
  const gravity = (name: string) => Number(key === 'tool' && grave.has(name));
  const kept = [...calls]
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .sort(([a], [b]) => gravity(b) - gravity(a))
    .slice(0, limit);
  return kept.map(([name]) => name);
}

function rank(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  return index === -1 ? names.length : index;
}

function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1e6).toFixed(1)}M`;
}
