import { expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import {
  approval,
  type EventFields,
  gatewayCall,
  ingest,
  mcpLog,
  mcpSpan,
  serverLog,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

const operation_id = trace('a');
const seen = { operation_id, parent_span_id: 'gw' } as const;
const gateway = (fields: Record<string, unknown> = {}): EventFields =>
  gatewayCall({ id: 'g', operation_id, span_id: 'gw', ...fields });
const record = (fields: Record<string, unknown> = {}): EventFields =>
  toolCallRecord({ id: 'r', ...seen, ...fields });

/** transport, protocol, tool, outcome, layer, executed, result code */
type Outcome = readonly [
  string,
  string,
  string,
  string,
  string | null,
  boolean | null,
  string | null,
];

const refused = { backend_latency_ms: null } as const;

const cases: Readonly<Record<string, readonly [readonly EventFields[], Outcome]>> = {
  'a 200 at the gateway alone says nothing of the tool': [
    [gateway()],
    ['ok', 'unknown', 'unknown', 'unknown', null, null, '200'],
  ],
  'an MCP log row without an error says that the protocol was kept': [
    [gateway({ correlation_id: 'r' }), mcpLog({ id: 'm', correlation_id: 'r' })],
    ['ok', 'ok', 'unknown', 'unknown', null, null, '200'],
  ],
  'a tool that failed inside of a 200 is a failure': [
    [gateway(), record({ tool_is_error: true })],
    ['ok', 'ok', 'error', 'failure', 'tool', true, 'tool_error'],
  ],
  'the MCP log can say so too, and not whether the tool ran': [
    [
      gateway({ correlation_id: 'r' }),
      mcpLog({ id: 'm', correlation_id: 'r', tool_is_error: true }),
    ],
    ['ok', 'ok', 'error', 'failure', 'tool', null, 'tool_error'],
  ],
  'a tool that answered is a success': [
    [gateway(), record({ tool_is_error: false })],
    ['ok', 'ok', 'ok', 'success', null, true, '200'],
  ],
  'a record with success and no more is a success': [
    [gateway(), record({ is_success: true })],
    ['ok', 'ok', 'ok', 'success', null, true, '200'],
  ],
  'a JSON-RPC error for bad arguments never reached the tool': [
    [gateway(), record({ rpc_error_code: -32602 })],
    ['ok', 'error', 'unknown', 'failure', 'protocol', false, '-32602'],
  ],
  'an internal JSON-RPC error may have done something': [
    [gateway(), record({ rpc_error_code: -32603 })],
    ['ok', 'error', 'unknown', 'failure', 'protocol', true, '-32603'],
  ],
  'a span without error type is a success': [
    [mcpSpan({ id: 's', operation_id })],
    ['unknown', 'ok', 'ok', 'success', null, true, null],
  ],
  'a span with the error type tool_error is a failed tool': [
    [mcpSpan({ id: 's', operation_id, error_type: 'tool_error' })],
    ['unknown', 'ok', 'error', 'failure', 'tool', true, 'tool_error'],
  ],
  'a 502 is a failed transport': [
    [gateway({ http_status: 502, error_type: 'BackendConnectionFailure' })],
    ['error', 'unknown', 'unknown', 'failure', 'server', null, 'BackendConnectionFailure'],
  ],
  'a 500 that never left the gateway is its own': [
    [gateway({ http_status: 500, ...refused })],
    ['error', 'unknown', 'unknown', 'failure', 'gateway', null, '500'],
  ],
  'a client that hung up': [
    [gateway({ http_status: 0, error_type: 'ClientConnectionFailure' })],
    ['error', 'unknown', 'unknown', 'failure', 'client', null, 'ClientConnectionFailure'],
  ],
  'a 403 is denied, and nothing ran': [
    [gateway({ http_status: 403, ...refused })],
    ['error', 'unknown', 'unknown', 'denied', 'gateway', false, '403'],
  ],
  'a 429 is denied': [
    [gateway({ http_status: 429, ...refused })],
    ['error', 'unknown', 'unknown', 'denied', 'gateway', false, '429'],
  ],
  'a 401 with a credential is denied': [
    [gateway({ http_status: 401, credential_presented: true, ...refused })],
    ['error', 'unknown', 'unknown', 'denied', 'gateway', false, '401'],
  ],
  'a 401 without a credential is a challenge': [
    [gateway({ http_status: 401, credential_presented: false, ...refused })],
    ['error', 'unknown', 'unknown', 'challenge', 'gateway', false, '401'],
  ],
  'a 401 without a credential that offers no way to get one is a failure': [
    [
      gateway({
        http_status: 401,
        credential_presented: false,
        challenge_offered: false,
        ...refused,
      }),
    ],
    ['error', 'unknown', 'unknown', 'failure', 'gateway', false, '401'],
  ],
  'a refusal that the gateway logged as a tool error is denied, and nothing ran': [
    [
      gateway({ tool_is_error: true, error_type: 'tool_error' }),
      record({ approval_result: 'expired', tool_is_error: true }),
    ],
    ['ok', 'ok', 'error', 'denied', 'approval', false, 'tool_error'],
  ],
  'a call whose approval was denied was not executed': [
    [gateway(), record({ approval_result: 'denied' })],
    ['ok', 'unknown', 'unknown', 'denied', 'approval', false, '200'],
  ],
  'an approval record decides as well': [
    [
      gateway(),
      record({ approval_id: 'p' }),
      approval({ id: 'x', approval_id: 'p', approval_result: 'expired' }),
    ],
    ['ok', 'unknown', 'unknown', 'denied', 'approval', false, '200'],
  ],
  'a tool that ran in spite of a denial is no denial': [
    [gateway(), record({ approval_result: 'denied', tool_is_error: false })],
    ['ok', 'ok', 'ok', 'success', null, true, '200'],
  ],
  'a server that answered 200 ran the tool, with an unknown result': [
    [gateway(), serverRequest({ id: 'q', ...seen })],
    ['ok', 'unknown', 'unknown', 'unknown', null, true, '200'],
  ],
  'an exception in the request names the error without deciding': [
    [
      gateway(),
      serverRequest({ id: 'q', ...seen, http_status: 500, is_success: false }),
      serverLog({
        id: 'e',
        kind: 'exception',
        operation_id,
        parent_span_id: 'span q',
        error_type: 'TimeoutException',
      }),
    ],
    ['ok', 'unknown', 'unknown', 'unknown', null, null, '200'],
  ],
};

test.each(Object.entries(cases))('%s', async (_, [events, outcome]) => {
  using store = await Store.inMemory();
  await ingest(store, events);
  await correlate(store);
  const [call] = await store.rows('select * from tool_calls');
  expect([
    call?.['transport_outcome'],
    call?.['protocol_outcome'],
    call?.['tool_outcome'],
    call?.['outcome'],
    call?.['failure_layer'],
    call?.['executed'],
    call?.['result_code'],
  ]).toEqual(outcome);
});
