import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

type Fields = Readonly<Record<string, unknown>>;

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const GATEWAY = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/g';

/** A row of the gateway's log, of another request; a test states what is different. */
function gatewayRow(time: string, fields: Fields = {}): Fields {
  return {
    source_table: 'ApiManagementGatewayLogs',
    layer: 'gateway',
    kind: 'request',
    resource_id: GATEWAY,
    server_id: 'weather',
    occurred_at: `2026-11-10T${time}Z`,
    weight: 1,
    ...fields,
  };
}

/** A log that says something every half hour, long before the call and long after it. */
const COMPLETE_LOG = ['09:00:00', '09:30:00', '10:00:00', '10:30:00', '11:00:00'].map((time) =>
  gatewayRow(time),
);
const SETTING = {
  gateway: GATEWAY,
  diagnostic_id: 'azuremonitor',
  observed_at: '2026-11-01T00:00:00Z',
  sampling_percent: 100,
};
/** What the gateway logs when a client opens a session. */
const OPENING = [
  gatewayRow('09:10:00', { mcp_method: 'initialize', correlation_id: 'c-1' }),
  gatewayRow('09:10:00', { mcp_session_id: 'session-a', correlation_id: 'c-1' }),
];

/** The call at 10:05 that only the server saw; a test states what is different. */
const UNSEEN = { gateway_seen: false, match_rung: 'server_only', operation_id: 'trace-1' };
const GATEWAY_ONLY = { server_seen: false, match_rung: 'gateway_only' };

interface World {
  readonly unseen?: Fields;
  readonly others?: readonly Fields[];
  readonly log?: readonly Fields[];
  readonly settings?: readonly Fields[];
  readonly servers?: readonly Fields[];
}

async function build({ unseen, others = [], log, settings, servers = [] }: World): Promise<void> {
  const rows = (log ?? COMPLETE_LOG).map((row, n) => ({
    event_id: uuid(100 + n),
    item_no: 0,
    source_rank: 1,
    content_hash: n,
    batch_id: 1,
    record_no: n,
    ...row,
  }));
  await insert(store, 'correlated_calls', [call(5, { ...UNSEEN, ...unseen }), ...others]);
  if (rows.length > 0) await insert(store, 'events', rows);
  if (settings?.length !== 0) await insert(store, 'gateway_settings', settings ?? [SETTING]);
  if (servers.length > 0) await insert(store, 'servers', servers);
}

const LIMITS = { ...NOVEMBER, late_minutes: 20, silence_minutes: 60 };

function callsUnseen(): Promise<Row[]> {
  return store.query('queries/soc/gateway_bypass_calls.sql', { ...LIMITS, why: '', limit: 10 });
}

const INSIGHTS = COMPLETE_LOG.map((row) => ({ ...row, source_table: 'AppRequests' }));
const insightsSetting = (sampling_percent: number) => ({
  ...SETTING,
  diagnostic_id: 'applicationinsights',
  sampling_percent,
});
const DECLARED = {
  layer: 'config',
  kind: 'server',
  server_id: 'weather',
  source_table: 'ApimMcpApi',
  occurred_at: '2026-11-01T00:00:00Z',
  weight: 1,
};

/** A word of evidence: first where it decides, then what is alike and decided otherwise. */
const CASES: Readonly<Record<string, readonly [World, why: string, evidence: string]>> = {
  'the log was complete, and nothing ties the call to it': [{}, 'not_through', 'log_complete'],
  'the log opens sessions, and not this one': [
    { unseen: { mcp_session_id: 'session-x' }, log: [...COMPLETE_LOG, ...OPENING] },
    'not_through',
    'session_not_from_gateway',
  ],
  'the log names no session that it opens, so that a foreign one says nothing': [
    { unseen: { mcp_session_id: 'session-x' } },
    'not_through',
    'log_complete',
  ],
  'other requests of the session went through the gateway': [
    { unseen: { mcp_session_id: 'session-a' }, log: [...COMPLETE_LOG, ...OPENING] },
    'not_provable',
    'session_at_gateway',
  ],
  'the session went through the gateway, but to another server': [
    {
      unseen: { mcp_session_id: 'session-a' },
      log: [
        ...COMPLETE_LOG,
        ...OPENING.map((row) => ({ ...row, server_id: 'billing' })),
        gatewayRow('09:10:00', { mcp_method: 'initialize', correlation_id: 'c-2' }),
        gatewayRow('09:10:00', { mcp_session_id: 'session-b', correlation_id: 'c-2' }),
      ],
    },
    'not_through',
    'session_not_from_gateway',
  ],
  'other requests of the trace went through the gateway': [
    { log: [...COMPLETE_LOG, gatewayRow('10:04:00', { operation_id: 'trace-1' })] },
    'not_provable',
    'trace_at_gateway',
  ],
  'the trace went through the gateway, but to a model': [
    {
      log: [
        ...COMPLETE_LOG,
        gatewayRow('10:04:00', { operation_id: 'trace-1', server_id: 'openai' }),
      ],
    },
    'not_through',
    'log_complete',
  ],
  'a call that only the gateway saw is next to it': [
    { others: [call(6, { ...GATEWAY_ONLY, timestamp: '2026-11-10T10:05:04Z' })] },
    'not_provable',
    'gateway_call_near',
  ],
  'it is next to it, but of another tool': [
    {
      others: [
        call(6, { ...GATEWAY_ONLY, timestamp: '2026-11-10T10:05:04Z', tool_name: 'get_map' }),
      ],
    },
    'not_through',
    'log_complete',
  ],
  'it is next to it, and does not say of which tool': [
    {
      others: [call(6, { ...GATEWAY_ONLY, timestamp: '2026-11-10T10:04:56Z', tool_name: null })],
    },
    'not_provable',
    'gateway_call_near',
  ],
  'it is of this tool, but six seconds away': [
    { others: [call(6, { ...GATEWAY_ONLY, timestamp: '2026-11-10T10:05:06Z' })] },
    'not_through',
    'log_complete',
  ],
  'the log has nothing that is newer': [
    { log: COMPLETE_LOG.slice(0, 3) },
    'log_late',
    'nothing_newer',
  ],
  'the log has what is newer by ten minutes, and rows may be late by twenty': [
    { log: [...COMPLETE_LOG.slice(0, 3), gatewayRow('10:15:00')] },
    'log_late',
    'nothing_newer',
  ],
  'the log has what is newer by half an hour': [
    { log: [...COMPLETE_LOG.slice(0, 3), gatewayRow('10:35:00')] },
    'not_through',
    'log_complete',
  ],
  'the log is silent for two hours around it': [
    { log: [gatewayRow('09:00:00'), gatewayRow('11:00:00'), gatewayRow('11:30:00')] },
    'log_late',
    'silent_around',
  ],
  'the log says something of other servers meanwhile': [
    {
      log: [
        gatewayRow('09:00:00'),
        gatewayRow('10:00:00', { server_id: 'openai' }),
        gatewayRow('11:00:00'),
      ],
    },
    'not_through',
    'log_complete',
  ],
  'the log begins after it': [{ log: COMPLETE_LOG.slice(3) }, 'log_late', 'silent_around'],
  'the diagnostic of the log samples': [
    { settings: [{ ...SETTING, sampling_percent: 50 }] },
    'log_sampled',
    'diagnostic_setting',
  ],
  'the diagnostic of its API samples': [
    { settings: [SETTING, { ...SETTING, api_id: 'weather', sampling_percent: 10 }] },
    'log_sampled',
    'diagnostic_setting',
  ],
  'the diagnostic of its API does not sample, that of the service does': [
    {
      settings: [
        { ...SETTING, sampling_percent: 10 },
        { ...SETTING, api_id: 'weather' },
      ],
    },
    'not_through',
    'log_complete',
  ],
  'only Application Insights tells of the gateway, in rows that stand for several': [
    { log: INSIGHTS.map((row) => ({ ...row, weight: 2 })), settings: [] },
    'log_sampled',
    'only_application_insights',
  ],
  'only Application Insights tells of the gateway, and its diagnostic samples': [
    { log: INSIGHTS, settings: [insightsSetting(50)] },
    'log_sampled',
    'only_application_insights',
  ],
  'only Application Insights tells of the gateway, and seems to keep everything': [
    { log: INSIGHTS, settings: [insightsSetting(100)] },
    'not_provable',
    'sampling_not_known',
  ],
  'Application Insights samples, and the log does not': [
    {
      log: [...COMPLETE_LOG, ...INSIGHTS.map((row) => ({ ...row, weight: 2, resource_id: 'ai' }))],
      settings: [SETTING, insightsSetting(50)],
    },
    'not_through',
    'log_complete',
  ],
  'no setting of the gateway was read': [{ settings: [] }, 'not_provable', 'sampling_not_read'],
  'the gateway declares the server, and logs nothing': [
    { log: [{ ...DECLARED, resource_id: GATEWAY }] },
    'log_off',
    'no_row_of_server',
  ],
  'the inventory has the server, and no gateway logs it': [
    { log: [], servers: [{ server_id: 'weather', is_known: true, origin: 'i' }] },
    'log_off',
    'no_row_of_server',
  ],
  'a second gateway has the server too, and logs nothing': [
    { log: [...COMPLETE_LOG, { ...DECLARED, resource_id: `${GATEWAY}-2` }] },
    'log_off',
    'gateway_without_log',
  ],
  'a second gateway has the server too, and logs what else it does': [
    {
      log: [
        ...COMPLETE_LOG,
        { ...DECLARED, resource_id: `${GATEWAY}-2` },
        ...COMPLETE_LOG.map((row) => ({
          ...row,
          resource_id: `${GATEWAY}-2`,
          server_id: 'openai',
        })),
      ],
      settings: [SETTING, { ...SETTING, gateway: `${GATEWAY}-2` }],
    },
    'not_through',
    'log_complete',
  ],
  'nobody says that a gateway stands before the server': [
    { log: [] },
    'not_provable',
    'no_gateway_known',
  ],
  'the server is not named': [{ unseen: { server_id: null } }, 'not_provable', 'server_unknown'],
};

test.each(Object.entries(CASES))('%s', async (_, [world, unseen_why, evidence]) => {
  await build(world);

  expect(await callsUnseen()).toMatchObject([{ call_id: uuid(5), unseen_why, evidence }]);
});

describe('a log that lacks a record of a session which it knows', () => {
  const lost = call(7, { ...UNSEEN, mcp_session_id: 'session-a', operation_id: null });
  const log = [...COMPLETE_LOG, ...OPENING];
  const evidenceOf = async () =>
    Object.fromEntries((await callsUnseen()).map((row) => [row['call_id'], row['evidence']]));

  test('may lack any other call', async () => {
    await build({ log, others: [lost] });

    expect(await evidenceOf()).toEqual({
      [uuid(5)]: 'log_loses_records',
      [uuid(7)]: 'session_at_gateway',
    });
  });

  test('still tells a call of a session that the gateway never opened', async () => {
    await build({ log, others: [lost], unseen: { mcp_session_id: 'session-x' } });

    expect(await evidenceOf()).toMatchObject({ [uuid(5)]: 'session_not_from_gateway' });
  });

  test('says nothing of what goes through another gateway', async () => {
    const other = COMPLETE_LOG.map((row) => ({
      ...row,
      resource_id: `${GATEWAY}-2`,
      server_id: 'billing',
    }));
    await build({
      log: [...log, ...other],
      settings: [SETTING, { ...SETTING, gateway: `${GATEWAY}-2` }],
      others: [lost],
      unseen: { server_id: 'billing' },
    });

    expect(await evidenceOf()).toMatchObject({ [uuid(5)]: 'log_complete' });
  });
});

test('a session that the server calls by another name is known by the calls that the gateway saw', async () => {
  const own = { ...gatewayRow('09:20:00'), layer: 'server', mcp_session_id: 'server-name' };
  await build({
    log: [...COMPLETE_LOG, ...OPENING, { ...own, event_id: uuid(900) }],
    others: [call(8, { server_event_id: uuid(900), mcp_session_id: 'session-a' })],
    unseen: { mcp_session_id: 'server-name' },
  });

  expect(await callsUnseen()).toMatchObject([{ evidence: 'session_at_gateway' }]);
});

describe('a server that logs names of its own for sessions', () => {
  const row = (n: number, mcp_session_id: string) => ({
    ...gatewayRow('09:20:00', { layer: 'server', mcp_session_id }),
    event_id: uuid(n),
  });
  const evidence = async (unseen: string, named: string) => {
    await build({
      log: [...COMPLETE_LOG, ...OPENING, row(900, named)],
      others: [call(8, { server_event_id: uuid(900), mcp_session_id: 'session-a' })],
      unseen: { mcp_session_id: unseen },
    });
    return (await callsUnseen())[0]?.['evidence'];
  };

  test('may have named the session of the call so', async () => {
    expect(await evidence('session-x', 'session-n')).toBe('log_complete');
  });

  test('of another kind, does not make the session one of them', async () => {
    expect(await evidence('session-x', 'jti:12345678901')).toBe('session_not_from_gateway');
  });

  test('and an id that the gateway never logs the like of is no proof', async () => {
    expect(await evidence('jti:98765432109', 'jti:12345678901')).toBe('log_complete');
  });
});

describe('by server', () => {
  const ask = () => store.query('queries/soc/gateway_bypass_by_server.sql', LIMITS);

  test('the share that the gateway saw, and the rest by its reason, corrected for sampling', async () => {
    await build({
      unseen: { weight: 3, agent_id: 'a-9' },
      others: [
        call(1),
        call(2, { ...UNSEEN, timestamp: '2026-11-10T12:00:00Z', operation_id: null }),
        call(3, { server_id: 'silent', server_seen: false, match_rung: 'gateway_only' }),
        call(4, { server_id: null, ...UNSEEN, operation_id: null }),
      ],
    });

    expect(await ask()).toMatchObject([
      {
        server_id: 'weather',
        bypass_state: 'bypassed',
        gateway_calls: 1,
        server_calls: 5,
        gateway_seen_ratio: 0.2,
        unseen_calls: 4,
        bypass_calls: 4,
        not_through_calls: 3,
        log_late_calls: 1,
        not_provable_calls: 0,
        bypass_ratio: 0.8,
        destructive_calls: 4,
        not_through_destructive: 3,
        agents: 2,
        is_observable: true,
      },
      { server_id: '(unknown server)', bypass_state: 'not_provable', not_provable_calls: 1 },
      {
        server_id: 'silent',
        bypass_state: 'not_provable',
        gateway_seen_ratio: null,
        server_calls: 0,
        bypass_calls: 0,
        bypass_ratio: null,
        is_observable: false,
        last_bypass_at: null,
      },
    ]);
  });

  test('a server whose calls the gateway all saw has none', async () => {
    await insert(store, 'correlated_calls', [call(1)]);

    expect(await ask()).toMatchObject([
      { bypass_state: 'none_seen', gateway_seen_ratio: 1, bypass_calls: 0 },
    ]);
  });
});
