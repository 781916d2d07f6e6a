import { UserError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import { HASHED_COLUMN } from './keyed-columns.ts';
import { step } from './step.ts';
import { NOTHING, type Tally } from './tally.ts';

/** What is stored in the transaction of a commit beside its events. */
export type Alongside = (store: Store) => Promise<void>;

/**
 * Stores the evidence since the last commit, with its books, in one transaction: of several copies
 * of an event the one that is kept. Nobody else may commit meanwhile.
 */
export async function settle(
  store: Store,
  received: number,
  alongside: Alongside = async () => undefined,
): Promise<Tally> {
  if (received === 0) {
    await store.transaction(() => alongside(store));
    return NOTHING;
  }
  await store.run(`create or replace temp table losers as ${step('losers')}`);
  await store.script(`create or replace temp view winners as ${step('winners')}`);
  await store.bringKnown('winners');
  await store.run(`create or replace temp table known as ${step('known')}`);
  await store.run(`create or replace temp table expired as ${await expiredOf(store)}`);
  await store.run('insert into known select event_id, false from expired');
  await store.run(`create or replace temp table verdicts as ${step('verdicts')}`);
  await store.run(`create or replace temp table books as ${step('books')}`);
  const [found] = await store.rows(
    "select count(*) filter (where verdict = 'rejected') as rejected, (select count(*) from redacted) + len(getvariable('hidden_columns')) as redacted, (select count(*) from unreadable) as unreadable, count(*) filter (where is_expired) as expired from verdicts",
  );
  const isRedacted = Number(found?.['redacted']) > 0;
  await store.transaction(async () => {
    await refuseReadable(store);
    await store.run(step('keep_links'));
    await store.run(
      'delete from events where event_id in (select event_id from known where is_better)',
    );
    await store.run(step('insert_events'));
    if (Number(found?.['rejected']) > 0) await store.run(step('insert_rejects'));
    await store.run(step('insert_batch'));
    if (isRedacted) await store.run(step('insert_redactions'));
    if (Number(found?.['unreadable']) > 0) await store.run(step('insert_unreadable'));
    if (Number(found?.['expired']) > 0) await store.run(step('insert_expired'));
    await alongside(store);
  });
  return countStored(store, received);
}

/** What is too old to be kept; where nothing was ever removed, nothing is. */
async function expiredOf(store: Store): Promise<string> {
  const [row] = await store.rows(
    "select exists(from retention_runs where class = 'evidence') as is_bounded",
  );
  return row?.['is_bounded'] === true ? step('expired') : `${step('expired')} limit 0`;
}

/** Another process may have begun to keep pseudonyms since this one asked. */
async function refuseReadable(store: Store): Promise<void> {
  const rows = await store.rows(
    `select column_name from pseudonymised_columns
     where column_name <> $hashed
       and not list_contains(getvariable('hidden_columns'), column_name) order by all`,
    { hashed: HASHED_COLUMN },
  );
  if (rows.length === 0) return;
  throw new UserError(
    'config_invalid',
    `Of ${rows.map((row) => row['column_name']).join(' and ')} the database keeps pseudonyms by now; another command has begun with it.`,
    'Start again: nothing readable was stored, and what is whole was.',
  );
}

/** What was received is counted apart from what became of it, so that a loss cannot hide. */
async function countStored(store: Store, received: number): Promise<Tally> {
  const [sum] = await store.rows(step('tally'));
  const count = (name: string): number => Number(sum?.[name] ?? 0);
  const tally = {
    received,
    stored: count('stored'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    excluded: count('excluded'),
    redacted: await countRedacted(store),
    unreadable: count('unreadable'),
    expired: count('expired'),
  };
  if (tally.received !== tally.stored + tally.duplicate + tally.rejected + tally.excluded) {
    throw new Error(`the books of a commit do not add up: ${JSON.stringify(tally)}`);
  }
  return tally;
}

async function countRedacted(store: Store): Promise<Readonly<Record<string, number>>> {
  const rows = await store.rows(step('redacted_by_kind'));
  return Object.fromEntries(rows.map(({ kind, redacted }) => [String(kind), Number(redacted)]));
}
