import type { Store } from '../store/store.ts';
import { step } from './step.ts';

/** Hashes arguments and masks secrets, where there are any: most batches have neither. */
export async function cleanMapped(store: Store): Promise<void> {
  const [found] = await store.rows(
    'select count(*) as dirty, count(arguments_text) as with_arguments from mapped where is_dirty',
  );
  if (Number(found?.['with_arguments']) > 0) {
    await store.run(`create or replace temp table argument_hashes as ${step('argument_hashes')}`);
    await store.run(step('hash_arguments'));
  }
  if (Number(found?.['dirty']) > 0) await store.run(step('clean'));
}
