import type { Store } from '../store/store.ts';
import { step } from './step.ts';

/**
 * Hashes arguments and takes out what must not be stored, where there is any: most batches have
 * neither. Every row of every source comes by here before it is stored.
 */
export async function cleanMapped(store: Store): Promise<void> {
  const [found] = await store.rows(
    `select count(*) filter (where is_dirty) as dirty, count(tags) filter (where is_dirty) as with_tags,
       count(arguments_text) as with_arguments
     from mapped`,
  );
  const isDirty = Number(found?.['dirty']) > 0;
  const hasArguments = Number(found?.['with_arguments']) > 0;
  if (hasArguments) await hashArguments(store);
  if (isDirty) await cleanTexts(store);
  if (Number(found?.['with_tags']) > 0) await store.run(step('clean_tags'));
  if (isDirty || hasArguments) await store.run(step('rehash'));
}

async function hashArguments(store: Store): Promise<void> {
  await store.run(`create or replace temp table argument_hashes as ${step('argument_hashes')}`);
  await store.run(step('hash_arguments'));
  await store.run(
    "insert into redacted select record_id, item_no, 'arguments_hash', 'tool_arguments' from argument_hashes",
  );
  await store.script('drop table argument_hashes');
}

async function cleanTexts(store: Store): Promise<void> {
  await store.run(`create or replace temp table dirty_texts as ${step('dirty_texts')}`);
  await store.run(`insert into redacted by name ${step('find_redacted')}`);
  await store.run(`create or replace temp table clean_texts as ${step('clean_texts')}`);
  await store.run(step('clean'));
  await store.script('drop table dirty_texts; drop table clean_texts');
}
