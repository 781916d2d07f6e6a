import { describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import type { Row } from '../../store/values.ts';
import {
  approval,
  type EventFields,
  gatewayAppRequest,
  gatewayCall,
  gatewayLog,
  ingest,
  mcpLog,
  modelUse,
  time,
  toolCallRecord,
  trace,
} from './events.ts';

async function result(events: readonly EventFields[], sql: string): Promise<Row[]> {
  using store = await Store.inMemory();
  await ingest(store, events);
  await correlate(store);
  return await store.rows(sql);
}

describe('authentication', () => {
  const cases: Readonly<Record<string, readonly [Partial<EventFields>, string | null]>> = {
    'a request that was let in': [{ http_status: 200, credential_presented: true }, 'success'],
    'a failed backend is no failed authentication': [{ http_status: 503 }, 'success'],
    'a 401 to a credential': [{ http_status: 401, credential_presented: true }, 'failure'],
    'a 401 with an expired token': [{ http_status: 401, error_type: 'TokenExpired' }, 'failure'],
    'a 403': [{ http_status: 403, credential_presented: true }, 'failure'],
    'a 401 that offers a challenge': [
      { http_status: 401, credential_presented: false, challenge_offered: true },
      'challenge',
    ],
    'a 401 without credential, response headers not logged': [
      { http_status: 401, error_type: 'TokenNotPresent' },
      'challenge',
    ],
    'a 401 without credential and without challenge': [
      { http_status: 401, credential_presented: false, challenge_offered: false },
      'failure',
    ],
    'a 401 of which nobody knows whether a credential came': [{ http_status: 401 }, 'unknown'],
    'a quota': [{ http_status: 429 }, 'rate_limited'],
    'an open endpoint decides nothing': [
      { http_status: 200, credential_presented: false },
      'unknown',
    ],
    'discovery is no attempt': [{ url_path: '/.well-known/oauth-protected-resource/mcp' }, null],
    'a token endpoint is no attempt': [{ url_path: '/oauth/token' }, null],
    'a preflight is no attempt': [{ http_method: 'OPTIONS' }, null],
    'a model whose use is not logged is no MCP endpoint': [
      { url_path: '/openai/deployments/gpt-4.1/chat/completions', http_status: 401 },
      null,
    ],
    'an MCP endpoint that is named like one is one': [
      { url_path: '/openai/v1/mcp', mcp_method: 'tools/call' },
      'success',
    ],
  };

  test.each(Object.entries(cases))('%s', async (_, [fields, outcome]) => {
    const rows = await result(
      [gatewayLog({ id: 'g', ...fields })],
      'select auth_outcome from auth_attempts',
    );
    expect(rows.map((row) => row['auth_outcome'])).toEqual(outcome === null ? [] : [outcome]);
  });

  test('one HTTP request is one attempt, whatever tables and items tell of it', async () => {
    const rows = await result(
      [
        gatewayCall({ id: 'g1', correlation_id: 'r1', item_no: 0 }),
        gatewayCall({ id: 'g2', correlation_id: 'r1', item_no: 1 }),
        gatewayCall({ id: 'c1', correlation_id: 'r1', item_no: 0, resource_id: '/apim' }),
        mcpLog({ id: 'm', correlation_id: 'r1', inbound_auth: 'oauth2', client_name: 'vscode' }),
        gatewayAppRequest({ id: 'i1', correlation_id: 'r1', weight: 3 }),
        gatewayAppRequest({ id: 'i2', correlation_id: 'r2', weight: 3 }),
      ],
      'select correlation_id, inbound_auth, client_name, weight from auth_attempts order by correlation_id',
    );
    expect(rows).toEqual([
      { correlation_id: 'r1', inbound_auth: 'oauth2', client_name: 'vscode', weight: 1 },
      { correlation_id: 'r2', inbound_auth: null, client_name: null, weight: 3 },
    ]);
  });

  test('an API that serves models is no MCP endpoint, also where its request failed', async () => {
    const rows = await result(
      [
        gatewayLog({ id: 'g1', correlation_id: 'r1', server_id: 'openai' }),
        modelUse({ id: 't', correlation_id: 'r1' }),
        gatewayLog({ id: 'g2', correlation_id: 'r2', server_id: 'openai', http_status: 401 }),
        gatewayLog({ id: 'g3', correlation_id: 'r3' }),
      ],
      'select correlation_id from auth_attempts',
    );
    expect(rows).toEqual([{ correlation_id: 'r3' }]);
  });
});

describe('model use', () => {
  test('pieces of messages are no requests, and the gateway log tells whose it was', async () => {
    const rows = await result(
      [
        gatewayLog({ id: 'g', correlation_id: 'r1', agent_id: 'bot', subscription_id: 'sub' }),
        modelUse({ id: 't1', correlation_id: 'r1', tags: { deployment: 'mini' } }),
        modelUse({ id: 't2', correlation_id: 'r1', input_tokens: null, output_tokens: null }),
      ],
      'select agent_id, subscription_id, deployment, input_tokens, output_tokens from model_calls',
    );
    expect(rows).toEqual([
      {
        agent_id: 'bot',
        subscription_id: 'sub',
        deployment: 'mini',
        input_tokens: 10,
        output_tokens: 5,
      },
    ]);
  });

  test('spans of a trace add only what the gateway did not see', async () => {
    const span = { source_table: 'OTelSpans', operation_id: trace('a') } as const;
    const rows = await result(
      [
        gatewayLog({ id: 'g', correlation_id: 'r1', operation_id: trace('a') }),
        modelUse({ id: 't', correlation_id: 'r1', input_tokens: 100 }),
        modelUse({ id: 's1', ...span, at: 1, input_tokens: 100 }),
        modelUse({ id: 's2', ...span, at: 2, input_tokens: 7 }),
        modelUse({ id: 's3', ...span, operation_id: trace('b'), input_tokens: 3 }),
      ],
      'select input_tokens from model_calls order by input_tokens',
    );
    expect(rows.map((row) => row['input_tokens'])).toEqual([3, 7, 100]);
  });
});

describe('approvals', () => {
  const operation_id = trace('a');
  const call = (fields: EventFields): EventFields =>
    toolCallRecord({ tool_is_error: false, latency_ms: 10, ...fields });
  const approvalOf = async (events: readonly EventFields[]): Promise<Row[]> =>
    result(
      events,
      `select approval_id, approval_result, approval_uses,
              execution_started_at >= approval_decided_at as decided_before
       from tool_calls`,
    );

  const cases: Readonly<Record<string, readonly [readonly EventFields[], readonly Row[]]>> = {
    'by its id, across traces and sessions': [
      [
        approval({ id: 'x', approval_id: 'p', at: 0, operation_id: trace('other') }),
        call({ id: 'r', approval_id: 'p', operation_id, at: 90_000 }),
      ],
      [{ approval_id: 'p', approval_result: 'approved', approval_uses: 1, decided_before: true }],
    ],
    'by trace and tool': [
      [
        approval({ id: 'x', approval_id: 'p', operation_id }),
        call({ id: 'r', operation_id, at: 50 }),
      ],
      [{ approval_id: 'p', approval_result: 'approved', approval_uses: 1, decided_before: true }],
    ],
    'one that came too late is shown as such': [
      [
        approval({ id: 'x', approval_id: 'p', operation_id, at: 60_000 }),
        call({ id: 'r', operation_id }),
      ],
      [{ approval_id: 'p', approval_result: 'approved', approval_uses: 1, decided_before: false }],
    ],
    'the server asks a while after the call began, and waits for the answer': [
      [
        approval({
          id: 'x',
          approval_id: 'p',
          operation_id,
          at: 5_040,
          approval_requested_at: time(40),
          approval_decided_at: time(5_040),
        }),
        call({ id: 'r', operation_id, latency_ms: 6_000, approval_wait_ms: 5_000 }),
      ],
      [{ approval_id: 'p', approval_result: 'approved', approval_uses: 1, decided_before: true }],
    ],
    'the server asks, and does not wait for the answer': [
      [
        approval({
          id: 'x',
          approval_id: 'p',
          operation_id,
          at: 5_040,
          approval_requested_at: time(40),
          approval_decided_at: time(5_040),
        }),
        call({ id: 'r', operation_id, latency_ms: 6_000, approval_wait_ms: 300 }),
      ],
      [{ approval_id: 'p', approval_result: 'approved', approval_uses: 1, decided_before: false }],
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [events, rows]) => {
    expect(await approvalOf(events)).toEqual(rows);
  });

  // Asked for and decided at these seconds after the call came, perhaps with a wait that was stated.
  const waited: Readonly<
    Record<
      string,
      readonly [
        latency: number,
        decisions: readonly (readonly (number | null)[])[],
        wait: number | null,
      ]
    >
  > = {
    'all within the call': [60, [[5, 15, 10]], 10_000],
    'asked for before the call came': [60, [[-30, 10, 40]], 10_000],
    'asked for before, and the wait not stated': [43, [[-30, 10]], 10_000],
    'only the wait is stated': [43, [[null, 10, 40]], 10_000],
    'all before the call came': [60, [[-30, -10, 20]], 0],
    'decided when the call had gone': [3, [[-30, 10, 40]], null],
    'decided at once': [60, [[5, 5]], 0],
    'asked for after it was decided: nobody knows': [60, [[6, 5]], null],
    'two who overlap, the first from before': [
      60,
      [
        [-30, 10],
        [5, 20],
      ],
      20_000,
    ],
    'two apart, the first from before': [
      60,
      [
        [-30, 10],
        [30, 35],
      ],
      15_000,
    ],
    'two apart, the first all before': [
      60,
      [
        [-30, -20],
        [30, 35],
      ],
      5_000,
    ],
  };
  test.each(Object.entries(waited))('a wait that is %s', async (_, [seconds, decisions, wait]) => {
    const rows = await result(
      [
        call({ id: 'r', operation_id, latency_ms: seconds * 1_000, approval_id: 'p' }),
        ...decisions.map(([asked, decided, stated], no) =>
          approval({
            id: `x${no}`,
            approval_id: 'p',
            at: Number(decided) * 1_000,
            approval_requested_at: typeof asked === 'number' ? time(asked * 1_000) : null,
            approval_decided_at: time(Number(decided) * 1_000),
            approval_wait_ms: typeof stated === 'number' ? stated * 1_000 : null,
          }),
        ),
      ],
      'select approval_wait_ms, latency_ms - active_latency_ms as taken_off from tool_calls',
    );
    // What was decided when it had gone it did not wait for; else nobody knows for how long.
    const isGone = decisions.every(([, decided]) => Number(decided) > seconds);
    const takenOff = wait ?? (isGone ? 0 : null);
    expect(rows).toEqual([{ approval_wait_ms: wait, taken_off: takenOff }]);
  });

  // Decided so many ms after the gateway's request came; the server's clock is 1500 ms ahead, and it worked for a minute.
  const MINUTE = 60_000;
  const decidedWithin: Readonly<
    Record<string, readonly [at: number, Partial<EventFields>, number | null]>
  > = {
    'came while it ran': [30_000, {}, null],
    'came while it ran, by the clock of the server alone': [MINUTE + 1_000, {}, null],
    'was there before': [-5_000, {}, MINUTE],
    'came afterwards': [MINUTE + 5_000, {}, MINUTE],
    'came while it ran, though none was required': [30_000, { approval_required: false }, MINUTE],
    'came while it ran, and its wait is known': [30_000, { approval_wait_ms: 25_000 }, 35_000],
  };
  test.each(Object.entries(decidedWithin))(
    'the active latency where a decision %s',
    async (_, [at, fields, active]) => {
      const rows = await result(
        [
          gatewayCall({ id: 'g', operation_id, span_id: 'gw', latency_ms: MINUTE }),
          call({
            id: 'r',
            at: 1_500,
            operation_id,
            parent_span_id: 'gw',
            latency_ms: MINUTE,
            ...fields,
          }),
          approval({ id: 'x', operation_id, at, approval_decided_at: time(at) }),
        ],
        'select active_latency_ms from tool_calls',
      );
      expect(rows).toEqual([{ active_latency_ms: active }]);
    },
  );

  const uses = async (events: readonly EventFields[]): Promise<(readonly [unknown, unknown])[]> => {
    const rows = await result(
      events,
      'select evidence_approval_result, approval_uses from correlated_calls order by "timestamp"',
    );
    return rows.map((row) => [row['evidence_approval_result'], row['approval_uses']] as const);
  };

  test('of two calls on one approval the second used it once more', async () => {
    const events = [
      approval({ id: 'x', approval_id: 'p' }),
      call({ id: 'r1', approval_id: 'p', at: 10 }),
      call({ id: 'r2', approval_id: 'p', at: 20 }),
    ];
    expect(await uses(events)).toEqual([
      ['approved', 1],
      ['approved', 2],
    ]);
  });

  test('what is logged of an approval once more is no new one, unless it says that it was decided anew', async () => {
    const decided = (id: string, at: number, fields = {}) =>
      approval({ id, approval_id: 'p', at, approval_decided_at: time(at), ...fields });
    const used = [
      call({ id: 'r1', approval_id: 'p', at: 10_000 }),
      call({ id: 'r2', approval_id: 'p', at: 30_000 }),
    ];
    const silent = { approval_decided_at: null };
    expect(await uses([decided('x', 0), decided('y', 20_000, silent), ...used])).toEqual([
      ['approved', 1],
      ['approved', 2],
    ]);
    expect(await uses([decided('x', 0, silent), decided('y', 20_000, silent), ...used])).toEqual([
      ['approved', 1],
      ['approved', 2],
    ]);
    expect(await uses([decided('x', 0), decided('y', 20_000), ...used])).toEqual([
      ['approved', 1],
      ['approved', 1],
    ]);
    const denied = { ...silent, approval_result: 'denied' };
    expect(await uses([decided('x', 0, denied), decided('y', 20_000, silent), ...used])).toEqual([
      ['denied', 1],
      ['approved', 1],
    ]);
  });

  test('servers may number their approvals themselves', async () => {
    const at = (server_id: string) => ({ server_id, approval_id: '17' });
    expect(
      await uses([
        approval({ id: 'x', ...at('billing'), at: 0 }),
        approval({ id: 'y', ...at('weather'), at: 10, approval_result: 'denied' }),
        call({ id: 'r1', ...at('billing'), at: 20 }),
        call({ id: 'r2', ...at('weather'), at: 30 }),
      ]),
    ).toEqual([
      ['approved', 1],
      ['denied', 1],
    ]);
  });

  test('a decision that names no server counts for the call that names its approval', async () => {
    expect(
      await uses([
        approval({ id: 'x', approval_id: 'p', server_id: 'weather', at: 0 }),
        approval({ id: 'y', approval_id: 'p', server_id: null, at: 10, approval_result: 'denied' }),
        call({ id: 'r', approval_id: 'p', server_id: 'weather', at: 20 }),
      ]),
    ).toEqual([['denied', 1]]);
  });

  test('other arguments need another approval', async () => {
    const session = { mcp_session_id: 's', operation_id } as const;
    const events = [
      approval({ id: 'x', ...session, arguments_hash: 'h1' }),
      call({ id: 'r1', ...session, arguments_hash: 'h1', at: 10 }),
      call({ id: 'r2', ...session, arguments_hash: 'h2', at: 20 }),
    ];
    expect(await uses(events)).toEqual([
      ['approved', 1],
      [null, null],
    ]);
  });

  test('by session the tool and the arguments must agree, and the decision must come first', async () => {
    const session = { mcp_session_id: 's', arguments_hash: 'h' } as const;
    const events = [
      call({ id: 'r1', ...session, at: -60_000 }),
      approval({ id: 'x', ...session, approval_result: 'denied' }),
      call({ id: 'r2', ...session, tool_is_error: null, at: 10 }),
      call({ id: 'r3', ...session, tool_name: 'other', at: 20 }),
    ];
    expect(await uses(events)).toEqual([
      [null, null],
      ['denied', 0],
      [null, null],
    ]);
  });
});
