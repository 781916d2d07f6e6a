import { Readable } from 'node:stream';
import { UserError } from '../../core/errors.ts';
import type { Holder, Store } from '../store.ts';
import { Turns } from '../turns.ts';
import { commit, finishCommits, type Part } from './commits.ts';
import type { ClickHouseConnection } from './connection.ts';
import { ClickHouseOwnership } from './ownership.ts';
import { bringInto, parquetOf } from './parquet.ts';
import { EVIDENCE, STREAMS } from './tables.ts';
import { inTurn } from './turns.ts';

/** What tells two copies of an event apart, and what a row of `events` may not be without. */
const KNOWN_COLUMNS = [
  'event_id',
  'item_no',
  'source_table',
  'source_rank',
  'content_hash',
  'batch_id',
  'record_no',
  'layer',
  'kind',
  'occurred_at',
  'correlation_id',
  'operation_id',
  'linked_operation_id',
  'mcp_session_id',
  'approval_id',
  'weight',
] as const;

/** Checkpoints that are another than before. One that is gone has no position. */
const MOVED_CHECKPOINTS = `create or replace temp table moved_checkpoints as
  from checkpoints except from checkpoints_before
  union all by name
  select source, partition_id, '' as position
  from checkpoints_before anti join checkpoints using (source, partition_id)`;

/** The batch of the better copy says whether a correlation has seen it. */
const REPLACED_BY =
  '(select max(events.batch_id) from events where events.event_id = replaced_events.event_id) as replaced_by, ';

/**
 * Evidence on its way to ClickHouse. Records are read and mapped in a DuckDB in memory, which is empty but for what a
 * commit has to know: nothing raw leaves the process. What a commit adds there goes to ClickHouse as one.
 */
export class EvidenceIntake implements Holder {
  readonly #connection: ClickHouseConnection;
  readonly #turns = new Turns();
  readonly ownership: ClickHouseOwnership;
  #lastBatch = 0;

  private constructor(connection: ClickHouseConnection) {
    this.#connection = connection;
    this.ownership = new ClickHouseOwnership(connection);
  }

  static async open(connection: ClickHouseConnection): Promise<EvidenceIntake> {
    await inTurn(connection, () => finishCommits(connection));
    return new EvidenceIntake(connection);
  }

  async hold<T>(store: Store, work: () => Promise<T>): Promise<T> {
    const connection = this.#connection;
    return this.#turns.take(() =>
      inTurn(connection, async (turn) => {
        // What a process had committed when it was killed is known to all others.
        await finishCommits(connection);
        await this.#begin(store);
        const result = await work();
        const parts = await this.#parts(store);
        await turn.ensure();
        await commit(connection, parts);
        return result;
      }),
    );
  }

  /** What there is to read is the last commit of this process. */
  async holdToRead<T>(_store: Store, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work);
  }

  /** Rows of the last commit go; the number of the newest batch and what is hidden come. */
  async #begin(store: Store): Promise<void> {
    for (const table of [...EVIDENCE, ...STREAMS, 'expired_events', 'retention_runs']) {
      await store.run(`delete from ${table}`);
    }
    // Until then the memory of what was deleted is not free.
    await store.script('checkpoint');
    await bringInto(store, 'checkpoints', this.#connection, 'select * from checkpoints');
    await store.run('create or replace temp table checkpoints_before as from checkpoints');
    await bringInto(
      store,
      'retention_runs',
      this.#connection,
      "select * from retention_runs where class = 'evidence' order by kept_from desc limit 1",
    );
    const { rows } = await this.#connection.select(
      'select coalesce(max(batch_id), 0) as batch_id from ingest_batches',
    );
    this.#lastBatch = Number(rows[0]?.['batch_id']);
    if (this.#lastBatch > 0) {
      await store.run(
        "insert into ingest_batches values ($batch, '', '', 0, 0, 0, 0, 0, 0, 0, null, null, null)",
        { batch: this.#lastBatch },
      );
    }
    await store.run('delete from pseudonymised_columns');
    await bringInto(
      store,
      'pseudonymised_columns',
      this.#connection,
      'select * from pseudonymised_columns',
    );
    await store.run('create or replace temp table keyed_before as from pseudonymised_columns');
  }

  async #parts(store: Store): Promise<Part[]> {
    const parts: Part[] = [];
    for (const table of EVIDENCE) {
      // Links of a copy that is replaced are those of an older batch; all of them are new here.
      const rows = await (table === 'replaced_events'
        ? parquetOf(store, table, this.#connection.self, { extra: REPLACED_BY })
        : parquetOf(store, table, this.#connection.self, {
            where: `batch_id > ${this.#lastBatch}`,
          }));
      if (rows !== undefined) parts.push({ table, rows });
    }
    await store.run(MOVED_CHECKPOINTS);
    const moved = await parquetOf(store, 'moved_checkpoints', this.#connection.self);
    if (moved !== undefined) parts.push({ table: 'checkpoints', rows: moved });
    const gaps = await parquetOf(store, 'stream_gaps', this.#connection.self);
    if (gaps !== undefined) parts.push({ table: 'stream_gaps', rows: gaps });
    const keyed = await parquetOf(store, 'pseudonymised_columns', this.#connection.self, {
      where: '(column_name, key_check) not in (from keyed_before)',
    });
    return keyed === undefined
      ? parts
      : [{ table: 'pseudonymised_columns', rows: keyed }, ...parts];
  }

  /** Brings what ClickHouse knows of these events. */
  async bringKnown(store: Store, relation: string): Promise<void> {
    await store.run(
      `create or replace temp table wanted_events as select distinct event_id from ${relation}`,
    );
    const ids = await parquetOf(store, 'wanted_events', this.#connection.self);
    await store.run('drop table wanted_events');
    if (ids === undefined) return;
    const connection = this.#connection;
    await connection.command(
      'create or replace temporary table wanted_events (event_id String) engine = MergeTree order by event_id',
    );
    await connection.insert('wanted_events', 'Parquet', Readable.from([ids]));
    await bringInto(
      store,
      'events',
      connection,
      `select ${KNOWN_COLUMNS.join(', ')} from events
       where event_id in (select event_id from wanted_events)`,
    );
    await bringInto(
      store,
      'expired_events',
      connection,
      'select event_id, occurred_at from expired_events where event_id in (select event_id from wanted_events)',
    );
  }

  /** Rows that are stored cannot be hidden any more: they would have to be written anew. */
  async refuseToHide(columns: readonly string[]): Promise<void> {
    const { rows } = await this.#connection.select(
      `select (select count() from events_stored) as events,
         (select groupArray(column_name) from pseudonymised_columns) as hidden`,
    );
    const hidden = (rows[0]?.['hidden'] ?? []) as string[];
    const more = columns.filter((name) => !hidden.includes(name));
    if (more.length === 0 || rows[0]?.['events'] === 0) return;
    const { url, database } = this.#connection.place;
    throw new UserError(
      'config_invalid',
      `The database '${database}' of ClickHouse at ${url} holds readable values of ${more.join(' and ')} already.`,
      'Ask for pseudonyms before the first ingest: use another database in store.database, or take them out of redaction.pseudonymise.',
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
