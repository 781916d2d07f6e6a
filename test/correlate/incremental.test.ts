import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import { DRAWN, deliver, deliveredEvidence, evidenceAfter, writtenRows } from './drawn-evidence.ts';
import {
  approval,
  type EventFields,
  gatewayCall,
  gatewayLog,
  ingest,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

let grown: Store;
let whole: Store;

beforeAll(async () => {
  grown = await Store.inMemory();
  whole = await Store.inMemory();
});

afterAll(() => {
  grown.close();
  whole.close();
});

const OWN_TABLES = [
  'events',
  'replaced_events',
  'correlated_calls',
  'correlation_state',
  'correlation_runs',
] as const;

/** What was read and what is remembered of it; the next evidence is another's. */
async function startOver(): Promise<void> {
  for (const store of [grown, whole]) {
    for (const table of OWN_TABLES) await store.run(`delete from ${table}`);
  }
}

/**
 * Two deliveries are enough: what a correlation leaves for the next one is compared as well, so that the
 * third finds what it would find after a rebuild.
 */
test('after an addition every table is as a rebuild makes it', async () => {
  const looks = { additions: 0, partial: 0 };
  await fc.assert(
    fc.asyncProperty(deliveredEvidence(DRAWN.size, 2), async (events) => {
      await startOver();
      for (const delivery of [0, 1]) {
        await deliver(grown, events, delivery);
        const { isRebuild, reopenedEvents } = await correlate(grown, { maxReopenedShare: 1 });
        if (!isRebuild) looks.additions += 1;
        if (reopenedEvents < evidenceAfter(events, delivery).length) looks.partial += 1;
      }
      await ingest(whole, evidenceAfter(events, 1));
      await correlate(whole);
      expect(await writtenRows(grown)).toEqual(await writtenRows(whole));
    }),
    DRAWN.parameters,
  );
  expect(looks.additions).toBe(DRAWN.runs);
  expect(looks.partial).toBeGreaterThan(0);
}, 600_000);

const CALL = {
  gateway: gatewayCall({ id: 'gateway', operation_id: trace('a'), batch_id: 1 }),
  server: toolCallRecord({ id: 'server', operation_id: trace('a'), at: 10, batch_id: 2 }),
  other: gatewayCall({ id: 'other', operation_id: trace('b'), at: 20, batch_id: 2 }),
};

/** Both sides of a call in a session, of which their spans are proof. */
function provenCall(id: string, mcp_session_id: string, operation_id: string): EventFields[] {
  const shared = { operation_id, mcp_session_id, tool_name: 'get_forecast' };
  return [
    gatewayCall({ id: `${id} gateway`, span_id: `span ${id}`, ...shared }),
    serverRequest({
      id,
      parent_span_id: `span ${id}`,
      mcp_method: 'tools/call',
      at: 10,
      ...shared,
    }),
  ];
}

describe('what a session ties', () => {
  // Session 1 has a call in a trace that has one of session 2 as well.
  const chain = [
    ...provenCall('first', 'session 1', trace('a')),
    ...provenCall('second', 'session 1', trace('b')),
    ...provenCall('third', 'session 2', trace('b')),
    ...provenCall('fourth', 'session 2', trace('c')),
  ];
  const late = gatewayLog({ id: 'late', mcp_session_id: 'session 1', mcp_method: 'ping' });
  const own = toolCallRecord({ id: 'own', mcp_session_id: 'session 2', at: 60_000 });

  test.each<[string, number, EventFields[], EventFields]>([
    ['not what spans prove', 7, chain, late],
    ['all where a server call is left over', 10, [...chain, own], late],
    [
      'all that has an approval',
      10,
      [...chain, approval({ id: 'approval', mcp_session_id: 'session 2', arguments_hash: 'h' })],
      late,
    ],
    [
      'both names of a session',
      6,
      [
        ...provenCall('traced', 'session 1', trace('a')).map((event) =>
          event['layer'] === 'server' ? { ...event, mcp_session_id: 'its own' } : event,
        ),
        toolCallRecord({ id: 'named', mcp_session_id: 'its own', at: 60_000 }),
        gatewayCall({ id: 'asked', mcp_session_id: 'session 1', at: 59_990 }),
        toolCallRecord({ id: 'again', mcp_session_id: 'its own', operation_id: trace('b') }),
      ],
      gatewayCall({ id: 'late', mcp_session_id: 'session 0', operation_id: trace('b') }),
    ],
  ])('%s', async (_, reopenedEvents, before, came) => {
    await startOver();
    await ingest(grown, before);
    await correlate(grown);
    await ingest(grown, [{ ...came, batch_id: 2 }]);
    expect(await correlate(grown, { maxReopenedShare: 1 })).toMatchObject({
      isRebuild: false,
      reopenedEvents,
    });
    await ingest(whole, [...before, { ...came, batch_id: 2 }]);
    await correlate(whole);
    expect(await writtenRows(grown)).toEqual(await writtenRows(whole));
  });
});

describe('revisions', () => {
  test('a call that late evidence completes is revised, a new one is not', async () => {
    await startOver();
    await ingest(grown, [CALL.gateway]);
    expect(await correlate(grown)).toMatchObject({ isRebuild: true, revisedCalls: 0 });
    await ingest(grown, [CALL.server, CALL.other]);
    expect(await correlate(grown, { maxReopenedShare: 1 })).toMatchObject({
      isRebuild: false,
      newEvents: 2,
      reopenedEvents: 3,
      revisedCalls: 1,
      calls: 2,
    });
  });

  test('a server-only call that a late gateway row absorbs is one, and its id still leads there', async () => {
    await startOver();
    await ingest(grown, [CALL.server]);
    await correlate(grown);
    await ingest(grown, [{ ...CALL.gateway, batch_id: 3 }]);
    expect(await correlate(grown, { maxReopenedShare: 1 })).toMatchObject({ revisedCalls: 1 });
    const [row] = await grown.rows(
      'select count(*) as found from call_aliases join tool_calls using (call_id)',
    );
    expect(row?.['found']).toBe(1);
  });

  test('each run is noted, but not one that found nothing new', async () => {
    await startOver();
    await ingest(grown, [CALL.gateway]);
    await correlate(grown);
    await correlate(grown);
    await ingest(grown, [CALL.server]);
    await correlate(grown, { maxReopenedShare: 1 });
    expect(await grown.rows('from correlation_runs order by run_no')).toEqual([
      {
        run_no: 1,
        is_rebuild: true,
        new_events: 1,
        reopened_events: 1,
        calls: 1,
        revised_calls: 0,
      },
      {
        run_no: 2,
        is_rebuild: false,
        new_events: 1,
        reopened_events: 2,
        calls: 1,
        revised_calls: 1,
      },
    ]);
  });
});

describe('what makes a rebuild', () => {
  const reasons: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
    'another skew': (store) => correlate(store, { skewMs: 1_000 }),
    'other rules': (store) => store.run("update correlation_state set fingerprint = 'old'"),
    'evidence that was taken away': (store) =>
      store.run("delete from events where layer = 'server'"),
    'a name in the inventory': (store) =>
      store.run("insert into inventory_server_names values ('i', 'weather-mcp', 'weather')"),
  };

  test.each(Object.entries(reasons))('%s', async (_, happen) => {
    await startOver();
    await ingest(grown, [CALL.gateway, CALL.server]);
    await correlate(grown);
    await happen(grown);
    expect(await correlate(grown)).toMatchObject({ isRebuild: true });
    await grown.run('delete from inventory_server_names');
  });

  test('more to look at again than the stated share', async () => {
    await startOver();
    await ingest(grown, [CALL.gateway]);
    await correlate(grown);
    await ingest(grown, [CALL.server]);
    expect(await correlate(grown)).toMatchObject({ isRebuild: true, revisedCalls: 1 });
  });

  test('nothing new is looked at not at all', async () => {
    expect(await correlate(grown)).toMatchObject({ isRebuild: false, reopenedEvents: 0 });
  });
});
