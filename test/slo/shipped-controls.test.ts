import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { judgeAll } from '../../slo/judge.ts';
import type { ControlJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { example } from './documents.ts';
import {
  AT,
  ago,
  DAY,
  type Fields,
  insert,
  insertAttempts,
  insertCalls,
  insertEvents,
  insertInventory,
  insertLife,
} from './rows.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await insertLife(store, ['gateway', 'server', 'config']);
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

/** What is there beside the inventory of one production server, and what comes of it. */
interface Case {
  readonly calls?: readonly Fields[];
  readonly attempts?: readonly Fields[];
  readonly events?: readonly Fields[];
  readonly servers?: readonly Fields[];
  readonly agents?: readonly Fields[];
  readonly settings?: readonly Fields[];
  readonly models?: readonly Fields[];
  readonly before?: string;
  readonly state: ControlJudgement['state'];
  /** Of a breach its findings; else the rules by which something could not be observed. */
  readonly because?: readonly string[];
  readonly numbers?: readonly [population: number, classified: number, violating: number];
}

async function judged(slo: string, given: Case): Promise<ControlJudgement> {
  if (given.before) await store.run(given.before);
  await insertCalls(store, given.calls ?? []);
  await insertAttempts(store, given.attempts ?? []);
  await insertEvents(store, given.events ?? []);
  const known = { is_known: true, origin: 'inventory.yaml' };
  await insert(
    store,
    'servers',
    (given.servers ?? []).map((row) => ({ ...known, ...row })),
  );
  await insert(
    store,
    'agents',
    (given.agents ?? []).map((row) => ({ ...known, ...row })),
  );
  await insert(store, 'gateway_settings', given.settings ?? []);
  await insert(store, 'model_calls', given.models ?? []);
  const [judgement] = await judgeAll(store, example(slo), { at: AT });
  if (judgement?.kind !== 'control') throw new Error(`${slo} is not a control`);
  return judgement;
}

function reasonsOf({ violations, unobservableBy }: ControlJudgement): readonly string[] {
  if (violations.length > 0) return violations.map(({ finding }) => finding);
  return unobservableBy.filter(({ subjects }) => subjects > 0).map(({ id }) => id);
}

/** A control holds to its cases; whatever they are, its subjects add up. */
function holds(slo: string, cases: Readonly<Record<string, Case>>): void {
  describe(slo, () => {
    test.each(Object.entries(cases))('%s', async (_, given) => {
      const judgement = await judged(slo, given);
      const { population, classified, violating, unobservable } = judgement;

      expect([judgement.state, reasonsOf(judgement)], judgement.reason).toEqual([
        given.state,
        given.because ?? [],
      ]);
      expect(population).toBe(classified + unobservable);
      if (given.numbers) expect([population, classified, violating]).toEqual(given.numbers);
    });
  });
}

const AGENT: Fields = { layer: 'config', kind: 'agent', source_table: 'GraphAgentIdentity' };
const expiring = (agent_id: string, expires_at: string | null, at = ago(DAY)): Fields => ({
  ...AGENT,
  agent_id,
  occurred_at: at,
  tags: JSON.stringify({ expires_at }),
});
const OWNED: Fields = { agent_id: 'agent-7', owner: 'team-1', environment: 'production' };

holds('unowned-agents', {
  'an agent whose end is no time': {
    agents: [OWNED],
    events: [expiring('agent-7', 'unreadable')],
    state: 'not_provable',
    because: ['expiry-unreadable'],
    numbers: [2, 1, 0],
  },
  'an end that could be read since': {
    agents: [OWNED],
    events: [
      expiring('agent-7', 'unreadable', ago(2 * DAY)),
      expiring('agent-7', '2099-01-01T00:00:00Z'),
    ],
    state: 'met',
  },
  'an agent without an end': {
    agents: [OWNED],
    events: [expiring('agent-7', null)],
    state: 'met',
  },
  'an end that another table gives': {
    agents: [{ ...OWNED, expires_at: '2099-01-01T00:00:00Z' }],
    events: [expiring('agent-7', 'unreadable')],
    state: 'met',
  },
  'an agent of the inventory file, whose word counts': {
    agents: [OWNED],
    before: `insert into inventory_agents (origin, position, agent_id) values ('i.yaml', 1, 'agent-7')`,
    events: [expiring('agent-7', 'unreadable')],
    state: 'met',
  },
  'an unowned one, whatever its end is': {
    agents: [{ ...OWNED, owner: null }],
    events: [expiring('agent-7', 'unreadable')],
    state: 'breached',
    because: ['unowned-agent'],
  },
});

const UNKNOWN_SERVER = { server_id: 'server-9' };
const SETTING: Fields = {
  gateway: 'apim-1',
  api_id: 'weather',
  diagnostic_id: 'azuremonitor',
  observed_at: ago(DAY),
  fronts_mcp: true,
  response_body_bytes: 0,
};

holds('api-body-logging', {
  'an API that logs no bodies': { settings: [SETTING], state: 'met', numbers: [1, 1, 0] },
  'an API that logs bodies': {
    settings: [{ ...SETTING, response_body_bytes: 512 }],
    state: 'breached',
    because: ['api-body-logging'],
  },
  'a setting for all APIs is not of one': {
    settings: [{ ...SETTING, api_id: null, response_body_bytes: 512 }],
    state: 'met',
    numbers: [0, 0, 0],
  },
  'settings that were read just after the window': {
    before: "delete from events where layer = 'config'",
    settings: [{ ...SETTING, api_id: null, observed_at: ago(-1) }],
    state: 'met',
  },
  'settings for all APIs that were read long ago': {
    settings: [{ ...SETTING, api_id: null, observed_at: ago(9 * DAY) }],
    state: 'not_provable',
    because: ['settings-old'],
  },
  'an API that is not MCP': {
    settings: [{ ...SETTING, fronts_mcp: false, response_body_bytes: 512 }],
    state: 'met',
  },
  'a setting that says nothing': {
    settings: [{ ...SETTING, response_body_bytes: null }],
    state: 'not_provable',
    because: ['body-bytes-absent'],
  },
  'an API of which nobody knows whether it is MCP': {
    settings: [{ ...SETTING, fronts_mcp: null, response_body_bytes: 512 }],
    state: 'not_provable',
    because: ['mcp-unknown'],
  },
  'no configuration at all': {
    before: "delete from events where layer = 'config'",
    state: 'not_provable',
  },
});

const RECORD: Fields = { mcp_method: 'tools/call', server_id: 'server-1', resource_id: '/apim-1' };

holds('logged-bodies', {
  'records without bodies': { events: [RECORD], state: 'met', numbers: [1, 1, 0] },
  'a record with a body': {
    events: [RECORD, { ...RECORD, response_body_logged_bytes: 2_048 }],
    state: 'breached',
    because: ['body-in-records'],
    numbers: [1, 1, 1],
  },
  'a record with an empty body': {
    events: [{ ...RECORD, response_body_logged_bytes: 0 }],
    state: 'met',
  },
  'a server that logs its results': {
    events: [
      RECORD,
      { ...RECORD, layer: 'server', response_body_logged_bytes: 10, source_table: 'AppRequests' },
    ],
    state: 'breached',
    because: ['body-in-records'],
    numbers: [2, 2, 1],
  },
  'a body at an API of which nobody knows whether it is MCP': {
    events: [RECORD, { server_id: 'petstore', response_body_logged_bytes: 10 }],
    state: 'not_provable',
    because: ['mcp-unknown'],
  },
  'no record of MCP': { state: 'not_provable' },
});

const AROUND: Fields = { gateway_seen: false, match_rung: 'server_only' };
/** A log of the gateway that is complete: what is not in it did not come through. */
const GATEWAY_LOG: Fields = {
  server_id: 'server-1',
  resource_id: '/apim-1',
  mcp_method: 'tools/call',
};
const COMPLETE_LOG = [420, 390, 360, 330, 300, 270, 240, 210, 180].map((minutes) => ({
  ...GATEWAY_LOG,
  occurred_at: ago(minutes),
}));

holds('gateway-bypass', {
  'calls that came through': { calls: [{}, {}], state: 'met', numbers: [2, 2, 0] },
  'a call that is not in a complete log': {
    calls: [{}, { ...AROUND, timestamp: ago(300), caller_ip: '203.0.113.9' }],
    events: COMPLETE_LOG,
    settings: [{ ...SETTING, gateway: '/apim-1', api_id: null, sampling_percent: 100 }],
    state: 'breached',
    because: ['not-through-gateway'],
    numbers: [2, 2, 1],
  },
  'a call on a server that is not production': {
    servers: [{ server_id: 'lab', environment: 'staging' }],
    calls: [{}, { ...AROUND, server_id: 'lab' }],
    state: 'met',
    numbers: [1, 1, 0],
  },
  'a call of which the gateway logs nothing': {
    calls: [{}, AROUND],
    state: 'not_provable',
    because: ['log-off'],
    numbers: [2, 1, 0],
  },
  'a call on a server whose environment is not known': {
    calls: [{}, { ...AROUND, ...UNKNOWN_SERVER }],
    state: 'not_provable',
    because: ['environment-unknown'],
  },
  'a server that reports nothing': {
    calls: [{}, { server_id: 'silent', server_seen: false, match_rung: 'gateway_only' }],
    servers: [{ server_id: 'silent', environment: 'production' }],
    state: 'not_provable',
    because: ['server-reports-nothing'],
    numbers: [2, 1, 0],
  },
  'a sampled log': {
    calls: [AROUND],
    events: [GATEWAY_LOG, { ...GATEWAY_LOG, occurred_at: ago(30) }],
    settings: [{ ...SETTING, gateway: '/apim-1', api_id: null, sampling_percent: 50 }],
    state: 'not_provable',
    because: ['log-sampled'],
  },
  'no call at all': { state: 'not_provable', numbers: [0, 0, 0] },
});

holds('unapproved-servers', {
  'an approved server': {
    before: 'update servers set approved = true',
    calls: [{}],
    state: 'met',
    numbers: [1, 1, 0],
  },
  'a server that is not approved': {
    before: 'update servers set approved = false',
    calls: [{}],
    state: 'breached',
    because: ['unapproved-server'],
  },
  'a server that nobody knows': {
    before: 'update servers set approved = true',
    calls: [{}, UNKNOWN_SERVER],
    state: 'breached',
    because: ['unknown-server'],
    numbers: [2, 2, 1],
  },
  'a server that nobody knows, of which only the tools were listed': {
    attempts: [{ ...UNKNOWN_SERVER, environment: null, auth_outcome: 'success' }],
    state: 'breached',
    because: ['unknown-server'],
  },
  'a server that let nobody in': {
    before: 'update servers set approved = true',
    calls: [{}],
    attempts: [{ ...UNKNOWN_SERVER, environment: null, auth_outcome: 'failure' }],
    state: 'met',
  },
  'a test server that is not approved': {
    before: 'update servers set approved = true',
    servers: [{ server_id: 'lab', environment: 'staging', approved: false }],
    calls: [{}, { server_id: 'lab' }],
    state: 'met',
    numbers: [1, 1, 0],
  },
  'an inventory that does not say': {
    calls: [{}],
    state: 'not_provable',
    because: ['approval-not-said'],
  },
  'a call that names no server': {
    calls: [{ server_id: null }],
    state: 'not_provable',
    because: ['server-unknown'],
  },
  'no use at all': { state: 'not_provable' },
});

const OBO: Fields = { authorization_mode: 'obo' };

holds('token-passthrough', {
  'a tool that acts on behalf': { calls: [OBO], state: 'met', numbers: [1, 1, 0] },
  'a tool that passes the token on, once': {
    calls: [OBO, { authorization_mode: 'passthrough' }, { tool_name: 'update', ...OBO }],
    state: 'breached',
    because: ['token-passthrough'],
    numbers: [2, 2, 1],
  },
  'a call that does not say': {
    calls: [OBO, {}],
    state: 'not_provable',
    because: ['mode-unknown'],
    numbers: [1, 0, 0],
  },
  'a call that did not run has no mode': { calls: [OBO, { executed: false }], state: 'met' },
  'a server whose environment is not known': {
    calls: [OBO, { ...UNKNOWN_SERVER, authorization_mode: 'passthrough' }],
    state: 'not_provable',
    because: ['environment-unknown'],
  },
  'no call at all': { state: 'not_provable' },
});

const LET_IN: Fields = { auth_outcome: 'success', credential_presented: true, http_status: 200 };

holds('unauthenticated-success', {
  'with a credential': { attempts: [LET_IN], state: 'met', numbers: [1, 1, 0] },
  'without a credential': {
    attempts: [LET_IN, { ...LET_IN, credential_presented: false, auth_outcome: 'unknown' }],
    state: 'breached',
    because: ['unauthenticated-success'],
  },
  'turned away without a credential': {
    attempts: [
      LET_IN,
      { auth_outcome: 'challenge', credential_presented: false, http_status: 401 },
    ],
    state: 'met',
  },
  'nobody knows whether with a credential': {
    attempts: [LET_IN, { ...LET_IN, credential_presented: null }],
    state: 'not_provable',
    because: ['credential-unknown'],
  },
  'nobody knows how it was answered': {
    attempts: [LET_IN, { auth_outcome: 'unknown', credential_presented: false }],
    state: 'not_provable',
    because: ['status-unknown'],
  },
  'in a place that nobody knows': {
    attempts: [{ ...LET_IN, server_id: 'lab', environment: null, credential_presented: false }],
    state: 'not_provable',
    because: ['environment-unknown'],
  },
  'no request at all': { state: 'not_provable' },
});

const SERVED: Fields = { ...RECORD, correlation_id: 'request-1' };
const REQUEST = '00000000-0000-4000-9000-000000000001';

holds('prompts-in-production', {
  'only tools': { events: [SERVED], state: 'met', numbers: [1, 1, 0] },
  'a prompt': {
    events: [SERVED, { ...SERVED, mcp_method: 'prompts/get', correlation_id: 'request-2' }],
    state: 'breached',
    because: ['prompt-used'],
    numbers: [1, 1, 1],
  },
  'prompts that were listed only': {
    events: [{ ...SERVED, mcp_method: 'prompts/list' }],
    state: 'met',
  },
  'a prompt in a place that nobody knows': {
    events: [SERVED, { ...SERVED, ...UNKNOWN_SERVER, mcp_method: 'prompts/get' }],
    state: 'not_provable',
    because: ['environment-unknown'],
  },
  'a request of which nobody knows what it asked for': {
    events: [SERVED, { event_id: REQUEST, server_id: 'server-1', correlation_id: 'request-3' }],
    attempts: [{ ...LET_IN, event_id: REQUEST, correlation_id: 'request-3' }],
    state: 'not_provable',
    because: ['method-unknown'],
  },
  'a request of which nobody knows whether it was answered either': {
    events: [SERVED, { event_id: REQUEST, server_id: 'server-1', correlation_id: 'request-3' }],
    attempts: [{ auth_outcome: 'unknown', event_id: REQUEST, correlation_id: 'request-3' }],
    state: 'not_provable',
    because: ['method-unknown'],
  },
  'a request that was turned away': {
    events: [SERVED, { event_id: REQUEST, server_id: 'server-1', correlation_id: 'request-3' }],
    attempts: [{ auth_outcome: 'failure', event_id: REQUEST, http_status: 403 }],
    state: 'met',
  },
  'a request of which another record knows it': {
    events: [SERVED, { event_id: REQUEST, server_id: 'server-1', correlation_id: 'request-1' }],
    attempts: [{ ...LET_IN, event_id: REQUEST, correlation_id: 'request-1' }],
    state: 'met',
  },
  'a stream carries no request': {
    events: [SERVED, { event_id: REQUEST, server_id: 'server-1', http_method: 'GET' }],
    attempts: [{ ...LET_IN, event_id: REQUEST }],
    state: 'met',
  },
  'no request at all': { state: 'not_provable' },
});

const MODEL: Fields = {
  event_id: REQUEST,
  timestamp: ago(5),
  model: 'gpt-4.1',
  weight: 1,
};

holds('missing-cost-tags', {
  'an agent with a cost center': {
    before: "update agents set cost_center = 'CC-1'",
    calls: [{}],
    state: 'met',
    numbers: [1, 1, 0],
  },
  'a server with one': {
    before: "update servers set cost_center = 'CC-1'",
    calls: [{}],
    state: 'met',
  },
  'neither has one': { calls: [{}], state: 'breached', because: ['cost-center-missing'] },
  'calls that name no agent': {
    calls: [{ agent_id: null }],
    state: 'breached',
    because: ['agent-unnamed'],
  },
  'a model that an agent without one asked': {
    before: "update servers set cost_center = 'CC-1'",
    calls: [{}],
    models: [{ ...MODEL, agent_id: 'agent-1' }],
    state: 'breached',
    because: ['cost-center-missing'],
    numbers: [2, 2, 1],
  },
  'a model that nobody knows who asked': {
    before: "update servers set cost_center = 'CC-1'",
    calls: [{}],
    models: [MODEL],
    state: 'not_provable',
    because: ['environment-unknown'],
  },
  'records of models that were set aside': {
    before: `update servers set cost_center = 'CC-1';
      insert into ingest_batches values (1, 'gateway', 'ApiManagementGatewayLlmLog', 1, 0, 0, 1, 0, 0, 0, null, null, null)`,
    events: [{ layer: 'model', source_table: 'ApiManagementGatewayLlmLog' }],
    calls: [{}],
    state: 'not_provable',
  },
  'no use at all': { state: 'not_provable' },
});

const FIRST = { timestamp: ago(10 * DAY) };

holds('first-wave-read-only', {
  'a read-only beginning': {
    calls: [FIRST, { tool_name: 'update', timestamp: ago(2 * DAY) }],
    state: 'met',
    numbers: [1, 1, 0],
  },
  'something was changed in the first week': {
    calls: [FIRST, { tool_name: 'update', timestamp: ago(4 * DAY) }],
    state: 'breached',
    because: ['first-wave-not-read-only'],
  },
  'a refused change is no change': {
    calls: [FIRST, { tool_name: 'update', timestamp: ago(4 * DAY), executed: false }],
    state: 'met',
  },
  'a tool that nobody classified': {
    calls: [FIRST, { tool_name: 'mystery', timestamp: ago(4 * DAY) }],
    state: 'not_provable',
    because: ['unclassified-tool'],
  },
  'a beginning that may have been before the evidence': {
    before: `delete from events where occurred_at < timestamptz '${ago(12 * DAY)}'`,
    calls: [FIRST, { tool_name: 'update', timestamp: ago(4 * DAY) }],
    state: 'not_provable',
    because: ['beginning-not-seen'],
  },
  'a server that began before the window': {
    calls: [{ timestamp: ago(40 * DAY) }, { tool_name: 'update', timestamp: ago(39 * DAY) }],
    state: 'met',
    numbers: [0, 0, 0],
  },
});

test('the evidence of a violation is that of one row, its latest', async () => {
  const passed: Fields = { authorization_mode: 'passthrough' };
  const { violations } = await judged('token-passthrough', {
    state: 'breached',
    calls: [
      { ...passed, timestamp: ago(9), agent_id: 'agent-z', caller_identity: 'zoe' },
      { ...passed, timestamp: ago(5), agent_id: 'agent-a', caller_identity: 'ana' },
      { timestamp: ago(1), authorization_mode: 'obo', agent_id: 'agent-y', caller_identity: 'yve' },
    ],
  });

  expect(violations).toMatchObject([
    {
      subject: { server_id: 'server-1', tool_name: 'search' },
      rows: 3,
      evidence: { agent_id: 'agent-a', caller_identity: 'ana', authorization_mode: 'passthrough' },
    },
  ]);
});
