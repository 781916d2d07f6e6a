import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EvidenceReader } from '../../slo/evidence.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ControlJudgement } from '../../slo/judgement.ts';
import { findSource } from '../../slo/sources.ts';
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
  await insertLife(store, ['gateway', 'server', 'approval', 'config']);
});
afterAll(() => store.close());
// What a test adds is taken back: to make a database anew takes longer than to judge.
beforeEach(() => store.script('begin transaction'));
afterEach(() => store.script('rollback'));

async function judged(slo: string, now = AT): Promise<ControlJudgement> {
  const [judgement] = await judgeAll(store, example(slo), { at: AT, now });
  if (judgement?.kind !== 'control') throw new Error('not a control');
  return judgement;
}

const batch: Fields = {
  batch_id: 1,
  source: 'gateway.ndjson',
  source_table: 'table of gateway',
  received: 10,
  stored: 10,
  duplicate: 0,
  rejected: 0,
  excluded: 0,
  sampled: 0,
  truncated: 0,
  first_at: ago(DAY),
  last_at: ago(1),
};

const losses: Readonly<Record<string, readonly [Fields, string | null]>> = {
  'nothing lost': [{}, null],
  'a rejected record': [
    { stored: 9, rejected: 1 },
    'Records were rejected or truncated: table of gateway 1.',
  ],
  'a truncated record': [
    { truncated: 2 },
    'Records were rejected or truncated: table of gateway 2.',
  ],
  'a record that was not recognised may have been a call': [
    { source_table: '', stored: 9, rejected: 1, first_at: null, last_at: null },
    'Records were rejected or truncated: records not recognised 1.',
  ],
  'losses before the window do not matter': [
    { stored: 9, rejected: 1, first_at: ago(60 * DAY), last_at: ago(40 * DAY) },
    null,
  ],
  'losses of settings do not matter to calls': [
    { source_table: 'table of config', stored: 9, rejected: 1 },
    null,
  ],
};

const unreadable: Readonly<Record<string, readonly [Fields, Fields, string | null]>> = {
  'of a column that the control reads': [
    {},
    {},
    'Values could not be read: approval_expires_at of table of approval 2.',
  ],
  'of a column that only another is made of': [{}, { column_name: 'arguments_hash' }, null],
  'before the window': [{ first_at: ago(60 * DAY), last_at: ago(40 * DAY) }, {}, null],
  'of a table that no call is made of': [
    { source_table: 'table of config' },
    { source_table: 'table of config' },
    null,
  ],
};

const stream: Fields = {
  source: 'contoso/apim-logs/mcp-witness',
  partition_id: '0',
  cause: 'retention',
  from_sequence_number: 10,
  to_sequence_number: 19,
  from_at: ago(2 * DAY),
  to_at: ago(DAY),
  noticed_at: ago(1),
};

const streamGaps: Readonly<Record<string, readonly [Fields, string | null]>> = {
  'events that retention ate': [
    {},
    'Events are missing from a stream: contoso/apim-logs/mcp-witness 10 (retention).',
  ],
  'a hub that was made anew': [
    { cause: 'recreated', to_sequence_number: null, from_at: null },
    'Events are missing from a stream: contoso/apim-logs/mcp-witness unknown (recreated).',
  ],
  'a gap that ended before the window': [{ from_at: ago(40 * DAY), to_at: ago(31 * DAY) }, null],
  'a gap that began just after the window may hold late events of it': [
    { from_at: ago(-60), to_at: ago(-120) },
    'Events are missing from a stream: contoso/apim-logs/mcp-witness 10 (retention).',
  ],
  'a gap that began long after the window': [{ from_at: ago(-DAY), to_at: ago(-2 * DAY) }, null],
};

describe('a zero is not claimed over a gap', () => {
  test.each(Object.entries(streamGaps))('%s', async (_, [row, doubt]) => {
    await insert(store, 'stream_gaps', [{ ...stream, ...row }]);

    const { state, doubts } = await judged('approval-bypass');

    expect(doubts).toEqual(doubt === null ? [] : [doubt]);
    expect(state).toBe(doubt === null ? 'met' : 'not_provable');
  });

  test('a gap in a stream says nothing about settings, which do not come in one', async () => {
    await insert(store, 'stream_gaps', [stream]);

    expect((await judged('body-logging')).doubts.join(' ')).not.toContain('stream');
  });

  test.each(Object.entries(losses))('%s', async (_, [row, doubt]) => {
    await insert(store, 'ingest_batches', [{ ...batch, ...row }]);

    const { state, doubts } = await judged('approval-bypass');

    expect(doubts).toEqual(doubt === null ? [] : [doubt]);
    expect(state).toBe(doubt === null ? 'met' : 'not_provable');
  });

  test.each(Object.entries(unreadable))(
    'a value that could not be read, %s',
    async (_, [books, values, doubt]) => {
      await insertLife(store, ['approval'], 1);
      await insert(store, 'ingest_batches', [
        { ...batch, source_table: 'table of approval', ...books },
      ]);
      await insert(store, 'unreadable_values', [
        {
          batch_id: 1,
          source: 'gateway.ndjson',
          source_table: 'table of approval',
          column_name: 'approval_expires_at',
          unreadable: 2,
          ...values,
        },
      ]);

      const { state, doubts } = await judged('approval-bypass');

      expect(doubts).toEqual(doubt === null ? [] : [doubt]);
      expect(state).toBe(doubt === null ? 'met' : 'not_provable');
    },
  );

  const half = { ...batch, stored: 9, rejected: 1 };
  const again: Fields = { batch_id: 2, received: 10, stored: 1, duplicate: 9, rejected: 0 };
  const readings: Readonly<Record<string, readonly [readonly Fields[], boolean]>> = {
    'all of it came again, and what had been half a line': [[again], true],
    'and more of the file': [[{ ...again, received: 12, stored: 3 }], true],
    'of which another line is half now': [[{ ...again, received: 11, rejected: 1 }], false],
    'which was made whole later': [
      [
        { ...again, received: 11, rejected: 1 },
        { ...again, batch_id: 3, received: 12, duplicate: 10, stored: 2 },
      ],
      true,
    ],
    'without the line': [[{ ...again, received: 9, stored: 0 }], false],
    'another file of its name': [[{ ...again, stored: 10, duplicate: 0 }], false],
    'another file that was there too': [[{ ...again, source: 'other' }], false],
  };
  test.each(Object.entries(readings))(
    'half a line is lost until its file is read again: %s',
    async (_, [rows, is]) => {
      await insert(store, 'ingest_batches', [half, ...rows.map((row) => ({ ...half, ...row }))]);

      expect((await judged('approval-bypass')).state).toBe(is ? 'met' : 'not_provable');
    },
  );

  test('losses of access logs matter to who counts all events, and to nobody else', async () => {
    await insertLife(store, ['platform'], 1);
    await insert(store, 'ingest_batches', [
      { ...batch, source_table: 'table of platform', stored: 9, rejected: 1 },
    ]);
    const window = { from: ago(30 * DAY), to: AT.toISOString() };
    const lossesOf = async (source: string) => {
      const reader = new EvidenceReader(store, new Date('9999-12-31'));
      const { losses: found } = await reader.read(findSource(source), window, DAY * 60_000, null);
      return found.map(({ sourceTable, rejected }) => [sourceTable, rejected]);
    };

    expect(await lossesOf('events')).toEqual([['table of platform', 1]]);
    expect(await lossesOf('tool_calls')).toEqual([]);
  });

  test('a record of a time that has not come may have been of the window', async () => {
    await insertEvents(store, [
      { source_table: 'AppRequests', layer: 'server', occurred_at: '2031-01-01T00:00:00Z' },
      { source_table: 'SigninLogs', layer: 'identity', occurred_at: '2031-01-01T00:00:00Z' },
    ]);
    const at = (now: string) => judged('unowned-agents', new Date(now));

    expect(await at('2026-11-20T00:00:00Z')).toMatchObject({
      state: 'not_provable',
      doubts: ['Records are dated ahead of now, and may be of the window: AppRequests 1.'],
      evidence: { datedAhead: [{ sourceTable: 'AppRequests', records: 1 }] },
    });
    expect(await at('2031-01-01T00:00:00Z')).toMatchObject({ state: 'met', doubts: [] });
    const kept = { ...batch, source_table: 'AppRequests' };
    await insert(store, 'ingest_batches', [{ ...kept, observed_at: ago(28 * DAY) }]);
    expect(await at('2026-11-20T00:00:00Z')).toMatchObject({ state: 'not_provable' });
    await store.run('update ingest_batches set observed_at = $at', { at: ago(31 * DAY + 1) });
    expect(await at('2026-11-20T00:00:00Z')).toMatchObject({ state: 'met', doubts: [] });
  });

  test('days without any telemetry', async () => {
    await store.run('delete from events where occurred_at < $at::timestamptz', {
      at: ago(20 * DAY),
    });

    expect(await judged('approval-bypass')).toMatchObject({
      state: 'not_provable',
      dataState: 'no_traffic',
      doubts: ['Telemetry was seen in only 20 of 30 slices of the window.'],
    });
  });

  const sampled = 'The evidence is sampled, and a zero cannot be proven from a sample.';

  test('evidence that stands for more than itself', async () => {
    await insertEvents(store, [{ layer: 'server', weight: 4 }]);

    expect((await judged('approval-bypass')).doubts).toEqual([sampled]);
  });

  test('a gateway of which every setting samples', async () => {
    const setting = { gateway: 'apim-1', observed_at: ago(DAY), fronts_mcp: true };
    await insert(store, 'gateway_settings', [
      { ...setting, diagnostic_id: 'azuremonitor', sampling_percent: 50 },
    ]);
    expect((await judged('approval-bypass')).doubts).toEqual([sampled]);

    await insert(store, 'gateway_settings', [
      { ...setting, diagnostic_id: 'applicationinsights', sampling_percent: 100 },
    ]);
    expect((await judged('approval-bypass')).doubts).toEqual([]);
  });

  test('a gateway whose settings nobody read', async () => {
    const gateway = `${SERVICES}apim-2`;
    await insertEvents(store, [{ resource_id: gateway, mcp_method: 'tools/call' }]);
    expect(await judged('approval-bypass')).toMatchObject({
      state: 'not_provable',
      doubts: [
        'The diagnostic settings of apim-2 were never read, so that its log may be sampled.',
      ],
    });

    const setting = { gateway, observed_at: ago(DAY), fronts_mcp: true, sampling_percent: 100 };
    await insert(store, 'gateway_settings', [{ ...setting, diagnostic_id: 'azuremonitor' }]);
    expect(await judged('approval-bypass')).toMatchObject({ state: 'met', doubts: [] });
  });

  const logged = { gateway: 'apim-1', diagnostic_id: 'azuremonitor', fronts_mcp: true };
  const sampledTables: Readonly<Record<string, readonly [readonly Fields[], boolean]>> = {
    'for one API, whatever is set for all': [
      [{ sampling_percent: 100 }, { api_id: 'weather', sampling_percent: 10 }],
      true,
    ],
    'for an API that is not MCP': [
      [{ sampling_percent: 100 }, { api_id: 'shop', sampling_percent: 10, fronts_mcp: false }],
      false,
    ],
    'until the day before yesterday': [
      [{ sampling_percent: 10, observed_at: ago(20 * DAY) }, { sampling_percent: 100 }],
      true,
    ],
    'by a setting that was first read after the window': [
      [{ sampling_percent: 10, observed_at: ago(-3 * DAY) }],
      true,
    ],
    'by a setting that was read anew just after the window': [
      [{ sampling_percent: 100 }, { sampling_percent: 10, observed_at: ago(-60) }],
      true,
    ],
    'only since long after the window': [
      [{ sampling_percent: 100 }, { sampling_percent: 10, observed_at: ago(-3 * DAY) }],
      false,
    ],
    'until long before the window': [
      [
        { sampling_percent: 10, observed_at: ago(50 * DAY) },
        { sampling_percent: 100, observed_at: ago(40 * DAY) },
      ],
      false,
    ],
  };

  test.each(Object.entries(sampledTables))('a gateway that samples %s', async (_, [rows, is]) => {
    const settings = rows.map((row) => ({ ...logged, observed_at: ago(2 * DAY), ...row }));
    await insert(store, 'gateway_settings', settings);

    expect((await judged('approval-bypass')).doubts).toEqual(is ? [sampled] : []);
  });

  test('an agent may have acted on a day that nobody saw', async () => {
    await store.run('delete from events where occurred_at < $until::timestamptz', {
      until: ago(20 * DAY),
    });

    expect((await judged('unowned-agents')).doubts).toEqual([
      'Telemetry was seen in only 20 of 30 slices of the window.',
    ]);
  });
});

type AgentCase = readonly [
  { readonly agent?: Fields; readonly call?: Fields; readonly attempt?: Fields },
  ControlJudgement['state'],
  string | null,
];

const agents: Readonly<Record<string, AgentCase>> = {
  'known and owned': [{ call: {} }, 'met', null],
  'registered for production, not seen': [
    { agent: { agent_id: 'agent-2', environment: 'production', owner: null } },
    'breached',
    'unowned-agent',
  ],
  'not in the inventory': [{ call: { agent_id: 'agent-9' } }, 'breached', 'unknown-agent'],
  'only known from telemetry': [
    { agent: { agent_id: 'agent-9', is_known: false, owner: 'x' }, call: { agent_id: 'agent-9' } },
    'breached',
    'unknown-agent',
  ],
  'an owner that is empty': [
    { agent: { agent_id: 'agent-2', owner: '' }, call: { agent_id: 'agent-2' } },
    'breached',
    'unowned-agent',
  ],
  'an expired record': [
    {
      agent: { agent_id: 'agent-2', owner: 'team', expires_at: ago(0) },
      call: { agent_id: 'agent-2' },
    },
    'breached',
    'expired-agent',
  ],
  'calls without an agent id': [{ call: { agent_id: null } }, 'breached', 'unknown-agent'],
  'signed in and only listed tools': [
    { attempt: { agent_id: 'agent-9', auth_outcome: 'success' } },
    'breached',
    'unknown-agent',
  ],
  'was not let in': [{ attempt: { agent_id: 'agent-9', auth_outcome: 'failure' } }, 'met', null],
  'unknown, on a server whose environment is not known': [
    { call: { agent_id: 'agent-9', server_id: 'server-9' } },
    'not_provable',
    null,
  ],
  'known, on a server whose environment is not known': [
    { call: { server_id: 'server-9' } },
    'met',
    null,
  ],
  'meant for tests and expired, on a server whose environment is not known': [
    {
      agent: { agent_id: 'agent-2', environment: 'test', owner: 'team', expires_at: ago(0) },
      call: { agent_id: 'agent-2', server_id: 'server-9' },
    },
    'not_provable',
    null,
  ],
  'named by one side of a call, the other side names one that is owned': [
    { call: { other_agent_id: 'agent-9' } },
    'not_provable',
    null,
  ],
  'registered for production without an owner, whoever names it': [
    {
      agent: { agent_id: 'agent-2', environment: 'production', owner: null },
      call: { other_agent_id: 'agent-2' },
    },
    'breached',
    'unowned-agent',
  ],
  'owned too, and named by one side of a call': [
    { agent: { agent_id: 'agent-2', owner: 'team' }, call: { other_agent_id: 'agent-2' } },
    'met',
    null,
  ],
  'seen before the window only': [
    { call: { agent_id: 'agent-9', timestamp: ago(31 * DAY) } },
    'met',
    null,
  ],
};

describe('an agent', () => {
  test.each(Object.entries(agents))('%s', async (_, [{ agent, call, attempt }, state, finding]) => {
    if (agent) await insert(store, 'agents', [{ is_known: true, origin: 'i', ...agent }]);
    if (call) await insertCalls(store, [call]);
    if (attempt) await insertAttempts(store, [attempt]);

    const judgement = await judged('unowned-agents');

    expect(judgement.state).toBe(state);
    expect(judgement.violations.map((each) => each.finding)).toEqual(
      finding === null ? [] : [finding],
    );
    expect(judgement.population).toBe(judgement.classified + judgement.unobservable);
  });

  test('without an id is named by server and caller, with its first and last act', async () => {
    await insertCalls(store, [
      { agent_id: null, timestamp: ago(30) },
      { agent_id: null, timestamp: ago(20), weight: 3 },
      { agent_id: null, caller_identity: 'caller-2', timestamp: ago(10) },
    ]);

    const { violations, violating, population } = await judged('unowned-agents');

    expect([population, violating]).toEqual([3, 2]);
    expect(violations[1]).toMatchObject({
      subject: { subject: 'no agent id: server server-1, caller caller-1' },
      firstSeenAt: ago(30).replace('.000', ''),
      lastSeenAt: ago(20).replace('.000', ''),
      evidence: { calls: '4', owner: null },
    });
  });

  test('an inventory and telemetry that are empty prove nothing', async () => {
    await store.run('delete from agents');

    expect(await judged('unowned-agents')).toMatchObject({
      state: 'not_provable',
      doubts: ['Nothing that the control is about was seen.'],
    });
  });
});

const SERVICES = '/subscriptions/1/providers/microsoft.apimanagement/service/';

const SETTING: Fields = {
  gateway: `${SERVICES}apim-1`,
  api_id: null,
  diagnostic_id: 'azuremonitor',
  observed_at: ago(DAY),
  fronts_mcp: true,
  response_body_bytes: 0,
};

type SettingCase = readonly [readonly Fields[], ControlJudgement['state'], string | null];

const settings: Readonly<Record<string, SettingCase>> = {
  'bodies are off': [[{}], 'met', null],
  'bodies are on for all APIs': [[{ response_body_bytes: 8_192 }], 'breached', null],
  'on for one API is not global': [
    [{}, { api_id: 'weather', response_body_bytes: 8_192 }],
    'met',
    null,
  ],
  'off for one API does not cure the global setting': [
    [{ response_body_bytes: 1 }, { api_id: 'weather' }],
    'breached',
    null,
  ],
  'the newest reading counts': [
    [{ observed_at: ago(3 * DAY), response_body_bytes: 8_192 }, {}],
    'met',
    null,
  ],
  'a reading after the window is better than none': [[{ observed_at: ago(-DAY) }], 'met', null],
  'the setting says nothing': [
    [{ response_body_bytes: null }],
    'not_provable',
    'body-bytes-absent',
  ],
  'on, and nobody knows whether for MCP': [
    [{}, { diagnostic_id: 'other', fronts_mcp: null, response_body_bytes: 1 }],
    'not_provable',
    'mcp-unknown',
  ],
  'off, read too long ago': [[{ observed_at: ago(8 * DAY) }], 'not_provable', 'settings-stale'],
  'off, read too long after': [[{ observed_at: ago(-8 * DAY) }], 'not_provable', 'settings-stale'],
  'on and off at one moment is on': [[{}, { response_body_bytes: 1 }, {}], 'breached', null],
  'on, read too long ago, is on': [
    [{ observed_at: ago(8 * DAY), response_body_bytes: 1 }],
    'breached',
    null,
  ],
};

describe('a gateway', () => {
  test.each(Object.entries(settings))('%s', async (_, [rows, state, rule]) => {
    await insert(
      store,
      'gateway_settings',
      rows.map((row) => ({ ...SETTING, ...row })),
    );

    const judgement = await judged('body-logging');
    const unobservable = judgement.unobservableBy.filter(({ subjects }) => subjects > 0);

    expect(judgement.state).toBe(state);
    expect(unobservable.map(({ id }) => id)).toEqual(rule === null ? [] : [rule]);
  });

  test('that carries MCP and whose settings nobody read is unobservable', async () => {
    await insertEvents(store, [
      { resource_id: `${SERVICES}apim-2`, mcp_method: 'tools/call' },
      { resource_id: `${SERVICES}not-mcp` },
      { resource_id: '/subscriptions/1/components/insights-of-apim-2', mcp_method: 'tools/call' },
    ]);

    expect(await judged('body-logging')).toMatchObject({
      state: 'not_provable',
      population: 1,
      unobservable: 1,
      reason: 'None was seen, but: 1 of 1 could not be observed: settings-not-seen 1.',
    });
  });

  test('that carries MCP is in front of MCP, whatever its setting says', async () => {
    await insertEvents(store, [{ resource_id: `${SERVICES}apim-1`, mcp_method: 'tools/call' }]);
    await insert(store, 'gateway_settings', [
      { ...SETTING, fronts_mcp: null, response_body_bytes: 1 },
    ]);

    expect((await judged('body-logging')).violations).toEqual([
      {
        subject: { gateway: `${SERVICES}apim-1`, diagnostic_id: 'azuremonitor' },
        finding: 'global-body-logging',
        findings: ['global-body-logging'],
        explanation: 'the service-wide diagnostic setting logs response bodies',
        firstSeenAt: ago(DAY).replace('.000', ''),
        lastSeenAt: ago(DAY).replace('.000', ''),
        rows: 1,
        evidence: { response_body_bytes: '1' },
        waiver: null,
      },
    ]);
  });
});
