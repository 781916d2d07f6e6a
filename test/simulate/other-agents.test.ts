import { join } from 'node:path';
import { expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { DEFAULT_FAULTS, NO_FAULTS } from '../../simulate/faults.ts';
import type { Truth } from '../../simulate/ground-truth.ts';
import { Store } from '../../store/store.ts';
import { emptyFolder, simulateInto, truthsOf } from './fleet-files.ts';

async function truthsWith(other_agent: number, others = NO_FAULTS): Promise<Truth[]> {
  const folder = emptyFolder();
  await simulateInto(folder, { profile: 'lean', faults: { ...others, other_agent } });
  return truthsOf(folder);
}

test('a call that its server tells of another agent is told of the gateway’s, and disputed', async () => {
  const folder = emptyFolder();
  await simulateInto(folder, { profile: 'lean', faults: { ...NO_FAULTS, other_agent: 0.3 } });
  using store = await Store.inMemory();
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  await correlate(store);

  const told = await store.rows(
    `select agent_id, other_agent_id, correlation_id from tool_calls
     where other_agent_id is not null order by correlation_id`,
  );

  const befallen = truthsOf(folder).filter(({ faults }) => faults.includes('other_agent'));
  expect(befallen.length).toBeGreaterThan(30);
  expect(told).toEqual(
    befallen
      .map(({ agent_id, other_agent_id, correlation_id }) => ({
        agent_id,
        other_agent_id,
        correlation_id,
      }))
      .sort((a, b) => (String(a.correlation_id) < String(b.correlation_id) ? -1 : 1)),
  );
  for (const { agent_id, other_agent_id } of befallen) expect(other_agent_id).not.toBe(agent_id);
});

test('nothing else of a fleet is another one', async () => {
  const without = (truths: readonly Truth[]) =>
    truths.map((truth) => ({
      ...truth,
      other_agent_id: null,
      faults: truth.faults.filter((name) => name !== 'other_agent'),
    }));
  const [none, some] = [await truthsWith(0), await truthsWith(0.3)];

  expect(none.every(({ other_agent_id }) => other_agent_id === null)).toBe(true);
  expect(without(some)).toEqual(none);
});

test('a small fleet shows it too', async () => {
  const truths = await truthsWith(DEFAULT_FAULTS.other_agent, DEFAULT_FAULTS);
  const disputed = truths.filter(({ other_agent_id }) => other_agent_id !== null);

  expect(disputed.length).toBeGreaterThan(0);
  expect(disputed.length).toBeLessThan(truths.length / 50);
});
