import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import { deliver, deliveredEvidence, evidenceAfter, writtenRows } from './drawn-evidence.ts';
import { ingest } from './events.ts';

const DELIVERIES = 2;
const SIZE = Number(process.env['DRAWN_EVENTS'] ?? 60);
const RUNS = Number(process.env['DRAWN_RUNS'] ?? 10);
const SEED = Number(process.env['DRAWN_SEED'] ?? 20261101);

/** Everything that correlation reads or writes; a drawn fleet begins with none of it. */
const OWN_TABLES = ['events', 'replaced_events', 'correlation_state', 'correlation_runs'];

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

async function startOver(): Promise<void> {
  for (const store of [grown, whole]) {
    for (const table of OWN_TABLES) await store.run(`delete from ${table}`);
  }
}

const looks = { additions: 0, rebuilds: 0, partial: 0 };

test('after any delivery the tables are those of a rebuild', async () => {
  const evidence = deliveredEvidence(SIZE, DELIVERIES);
  await fc.assert(
    fc.asyncProperty(evidence, async (events) => {
      await startOver();
      for (let delivery = 0; delivery < DELIVERIES; delivery += 1) {
        await deliver(grown, events, delivery);
        const summary = await correlate(grown, { maxReopenedShare: 1 });
        if (delivery > 0) {
          looks[summary.isRebuild ? 'rebuilds' : 'additions'] += 1;
          if (!summary.isRebuild && summary.reopenedEvents < evidenceAfter(events, delivery).length)
            looks.partial += 1;
        }
        await whole.run('delete from events');
        await ingest(whole, evidenceAfter(events, delivery));
        await correlate(whole, { rebuild: true });
        expect(await writtenRows(grown)).toEqual(await writtenRows(whole));
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env['DRAWN_NO_SHRINK'] !== undefined },
  );
  process.stdout.write(`${JSON.stringify(looks)}\n`);
}, 6000_000);
