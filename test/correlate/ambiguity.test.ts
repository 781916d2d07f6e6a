import { describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import type { Row } from '../../store/values.ts';
import {
  type EventFields,
  gatewayCall,
  ingest,
  rowsOf,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

const a = trace('a');
const HOUR = 3_600_000;
const tool_name = 'get_forecast';

async function told(events: readonly EventFields[]): Promise<Row[]> {
  using store = await Store.inMemory();
  await ingest(store, events);
  await correlate(store);
  return await rowsOf(
    store,
    `select call_id, event_ids, match_rung, match_basis, match_choice, match_confidence,
            match_candidates, session_key
     from correlated_calls
     order by "timestamp", call_id`,
    events.map(({ id }) => id),
  );
}

/** The evidence of each call, its words in order. */
async function evidence(events: readonly EventFields[]): Promise<string[]> {
  const rows = await told(events);
  return rows.map((row) => String(row['event_ids']).split(',').sort().join(' ')).sort();
}

/** A call whose spans prove it, so that its server's clock is known to be `ahead` in that hour. */
function certain(at: number, ahead: number, name = `${at}`): EventFields[] {
  const operation_id = trace(`certain ${name}`);
  return [
    gatewayCall({ id: `g sure ${name}`, at, operation_id, span_id: `gw ${name}` }),
    serverRequest({
      id: `q sure ${name}`,
      at: at + ahead + 5,
      operation_id,
      parent_span_id: `gw ${name}`,
      tool_name,
    }),
  ];
}

const withoutCertain = (calls: readonly string[]) => calls.filter((call) => !/sure/.test(call));

describe('what tells calls of one key apart', () => {
  test('items of a batch meet by their JSON-RPC ids, whatever their order', async () => {
    const calls = await evidence([
      serverRequest({ id: 'q', at: 5, operation_id: a, mcp_method: 'tools/call' }),
      ...[1, 2].flatMap((no) => [
        gatewayCall({
          id: `g${no}`,
          correlation_id: 'r',
          item_no: no,
          rpc_request_id: `${no}`,
          operation_id: a,
        }),
        toolCallRecord({
          id: `r${no}`,
          at: 90 - no,
          operation_id: a,
          parent_span_id: 'span q',
          rpc_request_id: `${no}`,
        }),
      ]),
    ]);
    expect(calls).toEqual(['g1 q r1', 'g2 q r2']);
  });

  test('calls of different JSON-RPC ids are never one', async () => {
    const calls = await evidence([
      gatewayCall({ id: 'g', operation_id: a, rpc_request_id: '7' }),
      toolCallRecord({ id: 'r', at: 5, operation_id: a, rpc_request_id: '8' }),
    ]);
    expect(calls).toEqual(['g', 'r']);
  });

  test('two calls at once in one trace meet by their sessions', async () => {
    const calls = await evidence([
      gatewayCall({ id: 'g1', at: 0, operation_id: a, mcp_session_id: 's1' }),
      gatewayCall({ id: 'g2', at: 1, operation_id: a, mcp_session_id: 's2' }),
      toolCallRecord({ id: 'r1', at: 9, operation_id: a, mcp_session_id: 's1' }),
      toolCallRecord({ id: 'r2', at: 8, operation_id: a, mcp_session_id: 's2' }),
    ]);
    expect(calls).toEqual(['g1 r1', 'g2 r2']);
  });

  test('a record that is lost does not move the others of its trace', async () => {
    const steps = [0, 400, 800, 1_200, 1_600];
    const calls = await evidence([
      ...certain(9_000, 0),
      ...steps.map((at) => gatewayCall({ id: `g${at}`, at, operation_id: a })),
      ...steps.slice(1).map((at) => toolCallRecord({ id: `r${at}`, at: at + 6, operation_id: a })),
      toolCallRecord({ id: 'r2000', at: 2_006, operation_id: a }),
    ]);
    expect(withoutCertain(calls)).toEqual(
      ['g0', 'g1200 r1200', 'g1600 r1600', 'g400 r400', 'g800 r800', 'r2000'].sort(),
    );
  });

  test('what is alone in its trace on both sides may still be two calls: the clock tells', async () => {
    const far = [
      gatewayCall({ id: 'g', at: 0, operation_id: a }),
      toolCallRecord({ id: 'r', at: 60_000, operation_id: a }),
    ];
    expect(await evidence(far)).toEqual(['g r']);
    expect(withoutCertain(await evidence([...far, ...certain(9_000, 0)]))).toEqual(['g', 'r']);
  });
});

describe('clocks', () => {
  test('each hour of a server has its own offset', async () => {
    const calls = await evidence([
      ...certain(0, 1_400),
      ...certain(HOUR + 30_000, -1_400),
      gatewayCall({ id: 'g1', at: 60_000, mcp_session_id: 's' }),
      gatewayCall({ id: 'g2', at: 61_400, mcp_session_id: 's' }),
      toolCallRecord({ id: 'r1', at: 61_405, mcp_session_id: 's' }),
      toolCallRecord({ id: 'r2', at: 62_805, mcp_session_id: 's' }),
      gatewayCall({ id: 'g3', at: HOUR + 60_000, mcp_session_id: 's' }),
      gatewayCall({ id: 'g4', at: HOUR + 61_400, mcp_session_id: 's' }),
      toolCallRecord({ id: 'r3', at: HOUR + 58_605, mcp_session_id: 's' }),
      toolCallRecord({ id: 'r4', at: HOUR + 60_005, mcp_session_id: 's' }),
    ]);
    expect(withoutCertain(calls)).toEqual(['g1 r1', 'g2 r2', 'g3 r3', 'g4 r4']);
  });

  test('where nothing is traced, sessions of one call tell the clock', async () => {
    const calls = await evidence([
      ...[1, 2, 3].flatMap((no) => [
        gatewayCall({ id: `g${no}`, at: no * 10_000, mcp_session_id: `s${no}` }),
        toolCallRecord({ id: `r${no}`, at: no * 10_000 + 1_900, mcp_session_id: `s${no}` }),
      ]),
      gatewayCall({ id: 'g', at: 50_000, agent_id: 'bot' }),
      toolCallRecord({ id: 'r', at: 51_900, agent_id: 'bot' }),
      toolCallRecord({ id: 'x', at: 50_100, agent_id: 'bot' }),
    ]);
    expect(calls).toContain('g r');
  });
});

test('a server that names sessions its own way is understood from its traced calls', async () => {
  const calls = await told([
    gatewayCall({ id: 'g1', operation_id: a, span_id: 'gw', mcp_session_id: 's' }),
    toolCallRecord({
      id: 'r1',
      at: 5,
      operation_id: a,
      parent_span_id: 'gw',
      mcp_session_id: 'jti:1',
    }),
    gatewayCall({ id: 'g2', at: 5_000, mcp_session_id: 's' }),
    toolCallRecord({ id: 'r2', at: 5_005, mcp_session_id: 'jti:1' }),
    toolCallRecord({ id: 'r3', at: 9_000, mcp_session_id: 'jti:1' }),
  ]);
  expect(calls.map((row) => [row['match_rung'], row['session_key']])).toEqual([
    ['operation_id', 's'],
    ['session', 's'],
    ['server_only', 's'],
  ]);
});

describe('a row says how sure it is', () => {
  const session = { mcp_session_id: 's' };
  const pair = (no: number, at: number, late: number) => [
    gatewayCall({ id: `g${no}`, at, ...session }),
    toolCallRecord({ id: `r${no}`, at: at + late, ...session }),
  ];
  const clock = [0, 10, 20, 30].flatMap((late) => [
    ...certain(60_000 + late * 1_000, late, `${late}`),
  ]);

  async function choices(events: readonly EventFields[]): Promise<Row[]> {
    const rows = await told([...clock, ...events]);
    return rows.filter((row) => row['match_basis'] === 'session');
  }

  test('one without another choice', async () => {
    expect(await choices(pair(1, 0, 15))).toMatchObject([
      { match_choice: 'only', match_candidates: 1, match_confidence: 0.9999 },
    ]);
  });

  test('one whose next choice is clearly further away', async () => {
    expect(await choices([...pair(1, 0, 15), ...pair(2, 1_000, 15)])).toMatchObject([
      { match_choice: 'clear', match_candidates: 2, match_confidence: 0.9995 },
      { match_choice: 'clear', match_candidates: 2, match_confidence: 0.9995 },
    ]);
  });

  test('two that times cannot tell apart', async () => {
    expect(await choices([...pair(1, 0, 15), ...pair(2, 1, 15)])).toMatchObject([
      { match_choice: 'tied', match_candidates: 2, match_confidence: 0.55 },
      { match_choice: 'left over', match_candidates: 2, match_confidence: 0.57 },
    ]);
  });

  test('two as far apart, about the usual delay and further out', async () => {
    expect(await choices([...pair(1, 0, 20), ...pair(2, 10, 20)])).toMatchObject([
      { match_choice: 'tied' },
      { match_choice: 'tied' },
    ]);
    expect(await choices([...pair(1, 0, 30), ...pair(2, 30, 30)])).toMatchObject([
      { match_choice: 'close' },
      { match_choice: 'close' },
    ]);
  });

  test('one of two that lost its own record, as only one pair speaks', async () => {
    expect(await choices([...pair(1, 0, 20), ...pair(2, 14, 20)])).toMatchObject([
      { match_choice: 'close', match_candidates: 2 },
      { match_choice: 'close', match_candidates: 2 },
    ]);
    expect(await choices([...pair(1, 0, 20), ...pair(2, 14, 20).slice(0, 1)])).toMatchObject([
      { match_choice: 'tied', match_candidates: 1 },
    ]);
  });

  test('one that was left over, and comes later than any request', async () => {
    expect(await choices([...pair(1, 0, 21), ...pair(2, 2, 120)])).toMatchObject([
      { match_choice: 'tied' },
      { match_choice: 'far', match_confidence: 0.01 },
    ]);
  });

  test('one that was left over in an hour whose clock is not known may be late by the clock', async () => {
    const later = 2 * HOUR;
    expect(await choices([...pair(1, later, 21), ...pair(2, later + 2, 120)])).toMatchObject([
      { match_choice: 'left over', match_confidence: 0.57 },
      { match_choice: 'tied', match_confidence: 0.55 },
    ]);
  });
});
