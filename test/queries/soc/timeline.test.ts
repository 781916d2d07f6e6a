import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindParameters, findQuery } from '../../../queries/catalogue.ts';
import { Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insert(store, 'agents', [
    { agent_id: 'a-1', display_name: 'helpdesk-bot', is_known: true, origin: 'i' },
  ]);
  await insert(store, 'agent_names', [{ name: 'HelpDesk', agent_id: 'a-1' }]);
  await insert(store, 'call_aliases', [{ alias_id: uuid(99), call_id: uuid(3) }]);
  await insert(store, 'tools', [
    {
      server_id: 'billing',
      tool_name: 'delete_invoice',
      tool_class: 'destructive',
      approval: 'required',
    },
  ]);
  await insert(store, 'correlated_calls', [
    call(3, { agent_id: 'a-2', caller_identity: 'bob@contoso.com' }),
    call(1, { session_key: 'declared:s-1', mcp_session_id: 's-1' }),
    call(2, { session_key: 'inferred:x', server_id: 'billing', tool_name: 'delete_invoice' }),
    call(5, { agent_id: null, timestamp: '2026-11-10T10:04:00Z' }),
    call(4, { agent_id: null }),
    call(6, { timestamp: '2026-12-01T00:00:00Z' }),
    call(7, { timestamp: '2026-11-01T00:00:00Z', tool_name: "x' or '1'='1" }),
  ]);
});
afterAll(() => store.close());

async function calls(given: Readonly<Record<string, string>>): Promise<number[]> {
  const query = findQuery('soc/timeline');
  const rows = await store.query(query.file, bindParameters(query, { ...NOVEMBER, ...given }));
  return rows.map(({ call_id }) => Number(String(call_id).slice(-3)));
}

const cases = {
  'no filter: all calls of the half-open window, in time order, ties by id': [
    {},
    [7, 1, 2, 3, 4, 5],
  ],
  'a session by the id the client declared': [{ session: 's-1' }, [1]],
  'a session by its key': [{ session: 'inferred:x' }, [2]],
  'an agent by id': [{ agent: 'a-1' }, [7, 1, 2]],
  'an agent by name': [{ agent: 'helpdesk-bot' }, [7, 1, 2]],
  'an agent by another name of the inventory': [{ agent: 'HelpDesk' }, [7, 1, 2]],
  'an agent by id, in another case': [{ agent: 'A-1' }, [7, 1, 2]],
  'an agent by name, in another case': [{ agent: 'Helpdesk-Bot' }, [7, 1, 2]],
  'an agent that the inventory does not know': [{ agent: 'a-2' }, [3]],
  'a call by id': [{ call: uuid(2) }, [2]],
  'a call by an id it had before': [{ call: uuid(99) }, [3]],
  'a call id that is no id finds nothing': [{ call: 'tc_1' }, []],
  'a caller': [{ caller: 'bob@contoso.com' }, [3]],
  'a tool': [{ tool: 'delete_invoice' }, [2]],
  'a server': [{ server: 'billing' }, [2]],
  'filters narrow one another': [{ agent: 'a-1', server: 'weather' }, [7, 1]],
  'the earliest, up to the limit': [{ limit: '2' }, [7, 1]],
  'a hostile value is a value': [{ tool: "x' or '1'='1" }, [7]],
  'a window': [{ from_at: '2026-11-10T10:02:00Z', to_at: '2026-11-10T10:04:00Z' }, [2, 3]],
} as const;

test.each(Object.entries(cases))('%s', async (_, [given, expected]) => {
  expect(await calls(given)).toEqual(expected);
});

test('a row says what the inventory knows and what is missing', async () => {
  const query = findQuery('soc/timeline');
  const [row] = await store.query(
    query.file,
    bindParameters(query, { ...NOVEMBER, call: uuid(2) }),
  );
  expect(row).toMatchObject({
    agent: 'helpdesk-bot',
    tool_class: 'destructive',
    approval_required: true,
    approval_result: null,
    missing_fields: 'mcp_session_id,downstream_resource,authorization_mode,approval_result',
  });
});
