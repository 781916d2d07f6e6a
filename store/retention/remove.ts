import { noteRewrite } from '../rewrite-file.ts';
import type { Store } from '../store.ts';
import { type Cut, endOfGone, GONE, type OldRows, ofOldRows } from './retention.ts';

/**
 * Removes what was counted, with the books of it, in one transaction. The file is to be written anew afterwards: until
 * then the rows are in its free blocks. All calls are made anew by the next correlation.
 */
export async function removeFromFile(
  store: Store,
  cut: Cut,
  counts: readonly OldRows[],
  appliedAt: string,
): Promise<void> {
  await store.transaction(async () => {
    await ofOldRows(store, cut, 'delete');
    if (cut.class === 'evidence') await forgetEvidence(store, cut, counts, appliedAt);
    for (const { table, rows } of counts) {
      await store.run(
        'insert into retention_runs values ($class, cast($keptFrom as timestamptz), $table, $rows, cast($appliedAt as timestamptz))',
        { class: cut.class, keptFrom: cut.keptFrom, table, rows, appliedAt },
      );
    }
    await noteRewrite(store, `${cut.class} before ${cut.keptFrom} was removed`);
  });
  await store.script('checkpoint');
}

async function forgetEvidence(
  store: Store,
  cut: Cut,
  counts: readonly OldRows[],
  noticedAt: string,
): Promise<void> {
  const { keptFrom } = cut;
  const params = { cut: keptFrom };
  await store.run(
    'delete from expired_events where occurred_at < cast($cut as timestamptz)',
    params,
  );
  await store.run(
    `insert into expired_events select event_id, occurred_at from ${GONE} where occurred_at >= cast($cut as timestamptz)`,
    params,
  );
  await store.run('delete from sessions where last_at < cast($cut as timestamptz)', params);
  await store.script(`
    delete from replaced_events where event_id in (select event_id from ${GONE});
    delete from call_aliases where call_id not in (select call_id from correlated_calls);
    delete from correlation_state;
    delete from kept_slice_counts;
    delete from kept_count_hours;
    delete from stream_gaps where cause = 'removed';`);
  await store.run(
    `insert into stream_gaps
     select 'retention', 'evidence', 'removed', 1,
       coalesce((select sum(removed) from retention_runs where table_name = 'events'), 0)::bigint + $rows,
       null, cast($end as timestamptz), cast($noticedAt as timestamptz)`,
    { rows: rowsOf(counts, 'events'), end: endOfGone(cut), noticedAt },
  );
}

function rowsOf(counts: readonly OldRows[], table: string): number {
  return counts.find((each) => each.table === table)?.rows ?? 0;
}
