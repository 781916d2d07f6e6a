import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import { DRAWN, deliveredEvidence, evidenceAfter, writtenRows } from './drawn-evidence.ts';
import { type EventFields, ingest } from './events.ts';

let store: Store;

beforeAll(async () => {
  store = await Store.inMemory();
});

afterAll(() => store.close());

async function correlated(events: readonly EventFields[]) {
  await store.run('delete from events');
  await ingest(store, events);
  return correlate(store, { rebuild: true });
}

const evidence = deliveredEvidence(DRAWN.size, 1).map((events) => evidenceAfter(events, 0));

test('a server call is in one call only, the calls add up, and no tools/call event is lost', async () => {
  await fc.assert(
    fc.asyncProperty(evidence, async (events) => {
      const summary = await correlated(events);
      const [row] = await store.rows(
        `select count(*) as calls, count(distinct call_id) as ids, count(server_event_id) as uses,
                count(distinct server_event_id) as servers, (select count(*) from tool_calls) as shown
         from correlated_calls`,
      );
      expect(row).toMatchObject({ ids: row?.['calls'], shown: row?.['calls'] });
      expect(row?.['servers']).toBe(row?.['uses']);
      expect(summary.matched + summary.gatewayOnly + summary.serverOnly).toBe(row?.['calls']);

      const [none] = await store.rows(
        `select count(*) as lost
         from events
         where mcp_method = 'tools/call' and layer in ('gateway', 'server') and kind in ('request', 'call')
             and not exists (from correlated_calls as calls where contains(calls.event_ids, cast(events.event_id as varchar)))`,
      );
      expect(none?.['lost']).toBe(0);
    }),
    DRAWN.parameters,
  );
}, 600_000);

test('the order in which evidence arrived shows nowhere', async () => {
  const shuffled = evidence.chain((events) =>
    fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([events, inAnyOrder]) => {
      await correlated(events);
      const rows = await writtenRows(store);
      await correlated(inAnyOrder);
      expect(await writtenRows(store)).toEqual(rows);
    }),
    DRAWN.parameters,
  );
}, 600_000);
