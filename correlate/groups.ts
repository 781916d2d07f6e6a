import type { Store } from '../store/store.ts';
import { countOf, createTable, runFile } from './run-step.ts';

/** The tables of this file. */
export const GROUP_TABLES: readonly string[] = [
  'first_links',
  'link_pairs',
  'link_parents',
  'link_roots',
  'groups',
];

/** Makes the table `groups`: which of the events at hand are tied to one another. */
export async function makeGroups(store: Store): Promise<void> {
  await findRoots(store);
  await createTable(store, 'groups', 'correlate/groups/groups.sql');
}

/**
 * Finds the link that stands for all that are tied to it, for each link of the events at hand. Pairs of links
 * are drawn together until none is left: each link goes to the smallest of its neighbours, so that even long chains
 * are short after a few rounds; then every link is led the way its parents went.
 */
async function findRoots(store: Store): Promise<void> {
  await createTable(store, 'first_links', 'correlate/groups/first_links.sql');
  await createTable(store, 'link_pairs', 'correlate/groups/link_pairs.sql');
  await store.run(
    'create or replace temp table link_parents (round_no bigint, link uuid, parent uuid)',
  );
  let round_no = 0;
  while ((await countOf(store, 'link_pairs')) > 0) {
    round_no += 1;
    await runFile(store, 'insert into link_parents', 'correlate/groups/link_parents.sql', {
      round_no,
    });
    await createTable(store, 'link_pairs', 'correlate/groups/joined_pairs.sql', { round_no });
  }
  await store.run('create or replace temp table link_roots (link uuid, root uuid)');
  for (; round_no > 0; round_no -= 1) {
    await createTable(store, 'link_roots', 'correlate/groups/link_roots.sql', { round_no });
  }
}
