import { expect, test } from 'vitest';
import { finopsPart } from '../../../reports/html/finops-part.ts';
import { socPart } from '../../../reports/html/soc-part.ts';
import { fleetReport, type Rows } from '../fleet.ts';

/** Two servers with a tool of one name, and a tool that only one has. */
const TOOLS = [
  ['billing-mcp', 'search'],
  ['crm-mcp', 'search'],
  ['crm-mcp', 'merge'],
] as const;

const LABELS = ['search at billing-mcp', 'search at crm-mcp', 'merge'];

/** The texts of all drawings of a part. */
function drawn(part: string): string[] {
  return [...part.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');
}

test('the cost of two tools of one name is told apart, in the chart and in its table', async () => {
  const rows: Rows = TOOLS.map(([server, tool]) => ({
    server,
    tool,
    currency: 'USD',
    amount: '1.000000000000',
    amount_ratio: 1 / 3,
    calls: 1,
  }));
  const { text } = await finopsPart(fleetReport('cost', { 'finops/cost_by_tool': rows }));

  expect(drawn(text)).toEqual(expect.arrayContaining(LABELS));
  const [, table = ''] = /<caption>Cost by tool<\/caption>(.*?)<\/table>/s.exec(text) ?? [];
  expect(table).toMatch(/<th[^>]*>tool.*<th[^>]*>server/s);
});

test('so are the calls of them, by agent', async () => {
  const rows: Rows = TOOLS.map(([server_id, tool_name]) => ({
    agent: 'a-1',
    server_id,
    tool_name,
    calls: 1,
    is_destructive: false,
  }));
  const { text } = await socPart(fleetReport('soc', { 'soc/tools_by_agent': rows }));

  expect(drawn(text).join('\n')).toMatch(/search at/);
  expect(drawn(text)).not.toContain('search');
});
