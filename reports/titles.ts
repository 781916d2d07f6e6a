import type { ReportKind } from './report-input.ts';

export const TITLES: Readonly<Record<ReportKind, string>> = {
  soc: 'MCP tool calls: security report',
  slo: 'MCP tool calls: SLO report',
  cost: 'MCP tool calls: cost report',
  all: 'MCP tool calls: the whole picture',
};
