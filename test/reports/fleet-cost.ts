import { hourAt } from './draw.ts';
import type { Rows } from './fleet.ts';

type Grain = Readonly<Record<string, string | null>>;

export function costAnswers(): Readonly<Record<string, Rows>> {
  return {
    'finops/cost_by_currency': [
      {
        currency: 'USD',
        amount: '2184.417302000000',
        model_amount: '1302.004410000000',
        tool_call_amount: '182.412892000000',
        fixed_amount: '700.000000000000',
        upper_bound_amount: '12.100000000000',
        items: 158_206,
        unattributed_items: 4_911,
      },
    ],
    'finops/cost_by_agent': [
      cost(
        { agent: 'sales-copilot', agent_id: 'a3', agent_owner: 'sales-eng@contoso.com' },
        '902.118200000000',
        17_640,
      ),
      cost(
        { agent: 'helpdesk-bot', agent_id: 'a1', agent_owner: 'it-ops@contoso.com' },
        '511.902110000000',
        31_402,
      ),
      cost(
        { agent: 'weather-concierge', agent_id: 'a2', agent_owner: 'team-weather@contoso.com' },
        '332.004500000000',
        29_118,
      ),
      cost(
        { agent: 'invoice-agent', agent_id: 'a4', agent_owner: 'finance-platform@contoso.com' },
        '241.730100000000',
        11_904,
      ),
      cost(
        { agent: '(unattributed)', agent_id: null, agent_owner: null },
        '121.662392000000',
        3_402,
      ),
      cost({ agent: 'night-batch', agent_id: 'a8', agent_owner: null }, '74.999999999999', 1_300),
      cost(
        { agent: 'release-notes-writer', agent_id: 'a5', agent_owner: 'dev-prod@contoso.com' },
        '0.000120500000',
        6_230,
      ),
    ],
    'finops/cost_by_model': [
      cost({ model: 'gpt-4.1' }, '988.201000000000', 0),
      cost({ model: '(no model)' }, '882.412892000000', 103_912),
      cost({ model: 'gpt-4.1-mini' }, '301.703410000000', 0),
      cost({ model: '(unknown model)' }, '12.100000000000', 0),
    ],
    'finops/cost_by_server': [
      cost({ server: '(no server)', server_owner: null }, '1302.004410000000', 0),
      cost(
        { server: 'weather-mcp', server_owner: 'team-weather@contoso.com' },
        '301.118000000000',
        41_005,
      ),
      cost(
        { server: 'tickets-mcp', server_owner: 'it-ops@contoso.com' },
        '258.990100000000',
        28_914,
      ),
      cost(
        { server: 'billing-mcp', server_owner: 'finance-platform@contoso.com' },
        '201.004792000000',
        12_430,
      ),
      cost(
        { server: 'crm-mcp', server_owner: 'sales-eng@contoso.com' },
        '121.300000000000',
        17_902,
      ),
    ],
    'finops/cost_by_tool': [
      cost({ server: 'weather-mcp', tool: 'get_forecast' }, '240.118000000000', 30_110),
      cost({ server: 'tickets-mcp', tool: 'search_tickets' }, '178.990100000000', 19_794),
      cost({ server: 'billing-mcp', tool: 'list_invoices' }, '171.004792000000', 10_914),
      cost({ server: 'crm-mcp', tool: 'query_customer' }, '121.300000000000', 17_902),
      cost({ server: 'billing-mcp', tool: 'refund_payment' }, '30.000000000000', 412),
    ],
    'finops/cost_by_cost_center': [
      cost({ cost_center: 'CC-100 IT' }, '844.002000000000', 37_632),
      cost({ cost_center: 'CC-210 Sales' }, '902.118200000000', 17_640),
      cost({ cost_center: '(unattributed)' }, '438.297102000000', 48_640),
    ],
    'finops/unattributed': [
      {
        subscription_id: 'partner-portal',
        server_id: 'crm-mcp',
        tool_name: 'query_customer',
        model: null,
        currency: 'USD',
        amount: '88.400000000000',
        items: 3_120,
        first_at: hourAt(2),
        last_at: hourAt(718),
      },
      {
        subscription_id: null,
        model: 'gpt-4.1',
        currency: 'USD',
        amount: '33.262392000000',
        items: 1_791,
        first_at: hourAt(4),
        last_at: hourAt(702),
      },
    ],
    'finops/unpriced': [
      {
        meter: 'output_tokens',
        model: 'gpt-5-nano-preview',
        items: 1_204,
        quantity: '8120441.000000000000',
        agents: 2,
        first_at: hourAt(500),
        last_at: hourAt(719),
      },
      {
        meter: 'tool_call',
        server_id: 'mail-mcp',
        tool_name: 'send_mail',
        items: 3_349,
        quantity: '3349.000000000000',
        agents: 4,
        first_at: hourAt(1),
        last_at: hourAt(719),
      },
    ],
  };
}

function cost(grain: Grain, amount: string, calls: number) {
  return {
    ...grain,
    currency: 'USD',
    amount,
    amount_ratio: Number(amount) / 2_184.417302,
    model_amount: calls === 0 ? amount : null,
    tool_call_amount: calls === 0 ? null : amount,
    fixed_amount: null,
    upper_bound_amount: null,
    calls,
    cost_per_call: calls === 0 ? null : (Number(amount) / calls).toFixed(12),
    tokens: calls === 0 ? 40_112_904 : 0,
    unpriced_items: 0,
  };
}
