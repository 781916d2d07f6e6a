import { messageOf } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import type { LongWay } from './long-way.ts';
import { step } from './step.ts';

/**
 * Maps the records of the table that the first line names, before anything else is looked at: nearly all
 * text is of one table. Returns how many of the `lines` it has dealt with, and leaves their ids in `claimed`
 * where that is not all.
 */
export async function takeFirstLook(
  store: Store,
  lines: number,
  { forced, mapSource }: LongWay,
): Promise<number> {
  const [first] = forced === '' ? await store.rows(step('first_type')) : [];
  if (first) {
    for (const name of ['way', 'name', 'provider']) {
      await store.run(`set variable first_${name} = $value`, { value: String(first[name]) });
    }
    await store.run('set variable first_names = cast(cast($keys as json) as varchar[])', {
      keys: String(first['keys']),
    });
    await store.script("set variable first_keys = lower_all(getvariable('first_names'))");
    await store.script(`create or replace temp view records as ${step('first_records')}`);
    try {
      await mapSource(String(first['source']));
    } catch (error) {
      // A line is no JSON; nothing was mapped, and all lines go the long way, which can tell.
      if (!/malformed JSON/i.test(messageOf(error))) throw error;
    }
  }
  let [outcome] = await store.rows(step('first_outcome'));
  if (Number(outcome?.['unfit']) > 0) {
    await store.run(step('leave_unfit'));
    [outcome] = await store.rows(step('first_outcome'));
  }
  const claimed = Number(outcome?.['claimed']);
  if (claimed < lines) {
    await store.run(`create or replace temp table claimed as ${step('claimed')}`);
  }
  return claimed;
}
