import type { Row, Store } from '../store/store.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Settings } from './run.ts';

/** What there is to do since the last correlation. */
export interface Since {
  /** The newest batch that the last correlation saw. */
  readonly lastBatch: number;
  /** The newest batch there is. */
  readonly batch: number;
  readonly events: number;
  /** Events that were not seen yet, or not in this copy. */
  readonly newEvents: number;
  /** All else is as it was: what the new events cannot touch needs no second look. */
  readonly isAddition: boolean;
  readonly fingerprint: string;
}

interface State {
  readonly batch_id: number;
  readonly events: number;
  readonly fingerprint: string;
}

interface Evidence {
  readonly seen: number;
  readonly came: number;
  readonly replaced: number;
  readonly batch_id: number;
}

/** Compares the evidence, the inventory, the settings and the rules with those of the last correlation. */
export async function sinceLast(store: Store, settings: Settings): Promise<Since> {
  await store.run('create or replace temp table seen_replaced as select * from replaced_events');
  const [state] = (await store.rows('select * from correlation_state')) as unknown as State[];
  const lastBatch = state?.batch_id ?? -1;
  const [evidence] = await store.query<Evidence>('correlate/reopen/seen_evidence.sql', {
    batch_id: lastBatch,
  });
  const { seen, came, replaced, batch_id } = evidence as Evidence;
  const [names] = await store.query<{ changes: number }>('correlate/reopen/changed_names.sql');
  const fingerprint = fingerprintOf(settings);
  return {
    lastBatch,
    batch: batch_id,
    events: seen + came,
    newEvents: came,
    isAddition:
      state !== undefined &&
      state.fingerprint === fingerprint &&
      state.events === seen + replaced &&
      names?.changes === 0,
    fingerprint,
  };
}

/** Notes how far correlation has come; in the transaction of what it made. */
export async function noteState(store: Store, since: Since): Promise<void> {
  await store.run('delete from correlation_state');
  await store.run('insert into correlation_state values ($batch, $events, $fingerprint)', {
    batch: since.batch,
    events: since.events,
    fingerprint: since.fingerprint,
  });
  // What was replaced since the evidence was read is seen by the next correlation.
  await store.run(
    'delete from replaced_events where (event_id, batch_id) in (select event_id, batch_id from seen_replaced)',
  );
}

/** What one correlation looked at, and what that changed. */
export interface RunCounts {
  readonly isRebuild: boolean;
  readonly newEvents: number;
  readonly reopenedEvents: number;
  readonly revisedCalls: number;
}

/** A correlation that found nothing new is not noted. */
export function isNoted({ isRebuild, reopenedEvents }: RunCounts): boolean {
  return isRebuild || reopenedEvents > 0;
}

/** Notes what a correlation did. */
export async function noteRun(store: Store, counts: RunCounts): Promise<void> {
  await store.run(
    `insert into correlation_runs
     select (select count(*) from correlation_runs) + 1, $isRebuild, $newEvents, $reopenedEvents,
         (select count(*) from correlated_calls), $revisedCalls`,
    { ...counts },
  );
}

/** Differs from what it was when another process has made calls meanwhile. */
export async function correlatedSoFar(store: Store): Promise<Row[]> {
  return store.rows(
    `select (select count(*) from correlation_runs) as runs, (select max(batch_id) from correlation_state) as seen,
       (select count(*) from pseudonymised_columns) as pseudonymised`,
  );
}
