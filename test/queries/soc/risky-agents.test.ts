import { expect, test } from 'vitest';
import { Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

const risk = (
  n: number,
  agent_id: string,
  day: number,
  tags: Readonly<Record<string, string>>,
) => ({
  event_id: uuid(n),
  item_no: 0,
  source_table: 'AADRiskyAgents',
  source_rank: 1,
  content_hash: n,
  batch_id: 1,
  record_no: n,
  layer: 'platform',
  kind: 'risk_state',
  occurred_at: `2026-11-${day}T00:00:00Z`,
  agent_id,
  weight: 1,
  tags: JSON.stringify(tags),
});

test('the latest risk of an agent, with its calls before and since, by the name of the inventory', async () => {
  using store = await Store.inMemory();
  await insert(store, 'agent_names', [{ name: 'guid-1', agent_id: 'helpdesk' }]);
  await insert(store, 'events', [
    risk(1, 'guid-1', 10, { risk_level: 'low', risk_state: 'atRisk' }),
    risk(2, 'GUID-1', 12, { risk_level: 'high', risk_state: 'atRisk' }),
    risk(3, 'guid-2', 12, { risk_level: 'none', risk_state: 'remediated' }),
  ]);
  await insert(store, 'correlated_calls', [
    call(4, { agent_id: 'Helpdesk', timestamp: '2026-11-11T10:00:00Z', weight: 3 }),
    call(5, { agent_id: 'helpdesk', timestamp: '2026-11-12T10:00:00Z' }),
    call(6, { agent_id: 'other', timestamp: '2026-11-12T10:00:00Z' }),
  ]);

  expect(await store.query('queries/soc/calls_of_risky_agents.sql', NOVEMBER)).toMatchObject([
    {
      agent_id: 'helpdesk',
      risk_level: 'high',
      calls_before: 3,
      calls_since: 1,
      last_call_at: '2026-11-12T10:00:00Z',
    },
    { agent_id: 'guid-2', risk_state: 'remediated', calls_before: 0, calls_since: 0 },
  ]);
});
