import { readFileSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import { createRecognition } from './recognition.ts';
import { listSources, type Source } from './sources.ts';
import { NOTHING, type Tally } from './tally.ts';
import type { TextBatch, Unreadable } from './transports/batches.ts';

export interface BatchOrigin {
  /** Number of the file in its run. */
  readonly no: number;
  /** The file or stream, as it is listed in ingest_batches. */
  readonly name: string;
  /** Reads every record as this source's; '' lets each record tell. */
  readonly forced: string;
  /** When records without a time of their own (resources) were observed, ISO-8601. */
  readonly observedAt: string;
}

export interface MapperSettings {
  /** Key of the hashes of arguments and rejects. */
  readonly key: string;
  /** API ids to keep, in lower case; all when empty. */
  readonly apis: readonly string[];
}

const SHAPES = ['app_insights_records', 'app_log_records', 'sign_in_records'] as const;
/** Envelopes inside envelopes: an array of {"records": […]} of JSON text is three. */
const MAX_WRAPPINGS = 6;

/**
 * Maps batches of text to events on one connection. `map` reads into temporary tables and may run
 * beside other mappers; `commit` stores what was mapped since the last one and must run alone.
 * Raw text is in those tables only while it is being mapped, and a reject's until the commit.
 */
export class BatchMapper {
  readonly #store: Store;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #origins = new Set<number>();
  #pending = 0;

  private constructor(store: Store, sources: readonly Source[]) {
    this.#store = store;
    this.#sources = new Map(sources.map((source) => [source.stem, source]));
  }

  /** Gives a connection the macros, tables and views that mapping rests on. */
  static async prepare(store: Store, { key, apis }: MapperSettings): Promise<BatchMapper> {
    for (const name of ['values', 'aliases']) {
      await store.script(readFileSync(packagePath(`ingest/prelude/${name}.sql`), 'utf8'));
    }
    await store.run('set variable store_key = $key', { key });
    await store.run('set variable apis = $apis', { apis });
    await store.script(step('evidence_table'));
    await store.script(
      'create or replace temp view empty_evidence as select * exclude (origin, record_no, event_id, content_hash, is_dirty, source_table) from evidence where false',
    );
    const sources = listSources();
    await createRecognition(store, sources);
    await store.script(`create or replace temp view flat as ${step('no_records')}`);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
    for (const shape of SHAPES) {
      const { sql } = readSqlFile(`ingest/shapes/${shape}.sql`);
      await store.script(`create or replace temp view ${shape} as ${sql}`);
    }
    const mapper = new BatchMapper(store, sources);
    await mapper.#startOver();
    return mapper;
  }

  /** How many records wait for a commit. */
  get pending(): number {
    return this.#pending;
  }

  /** Maps a batch of text; nothing is stored yet. */
  async map(batch: TextBatch, origin: BatchOrigin): Promise<void> {
    const store = this.#store;
    await this.#note(origin);
    await store.run('set variable observed_at = cast($at as timestamptz)', {
      at: origin.observedAt,
    });
    await this.#unwrap(batch, origin.forced);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    for (const { source } of await store.rows(step('present_sources'))) {
      await this.#mapSource(String(source), origin.no);
    }
    await this.#clean();
    this.#pending += await store.run(`insert into seen by name ${step('seen')}`, {
      origin: origin.no,
      first_no: batch.firstNo,
      last_no: batch.firstNo + batch.count - 1,
    });
    await store.script('drop table pending; drop table if exists read_0');
  }

  /** Notes a part of a source that never became text: one record, received and rejected. */
  async mapUnreadable({ reason, recordNo, bytes }: Unreadable, origin: BatchOrigin): Promise<void> {
    await this.#note(origin);
    this.#pending += await this.#store.run(
      "insert into seen by name select cast($origin as integer) as origin, cast($no as bigint) << 24 as record_id, '' as source_table, cast($reason as varchar) as reject_reason, cast($bytes as bigint) as unread_bytes",
      { origin: origin.no, no: recordNo, reason, bytes },
    );
  }

  async #note({ no, name }: BatchOrigin): Promise<void> {
    if (this.#origins.has(no)) return;
    this.#origins.add(no);
    await this.#store.run('insert into origins values (cast($no as integer), $name)', { no, name });
  }

  /** Looks at the values, and into envelopes, until every value is a record: the view `flat`. */
  async #unwrap(batch: TextBatch, forced: string): Promise<void> {
    const store = this.#store;
    await store.run(`create or replace temp table pending as ${step('lines')}`, {
      text: batch.text,
      first_no: batch.firstNo,
    });
    await store.run(`create or replace temp table read_0 as ${step('read')}`, { forced });
    for (let round = 0; ; round += 1) {
      const [found] = await store.rows(`select count(envelope) as wrapped from read_${round}`);
      if (Number(found?.['wrapped']) === 0 || round === MAX_WRAPPINGS) {
        const rounds = Array.from({ length: round + 1 }, (_, no) => no);
        await store.script(
          `create or replace temp view flat as ${rounds.map((no) => `select * exclude (envelope) from read_${no} where envelope is null or ${no} = ${MAX_WRAPPINGS}`).join(' union all ')}`,
        );
        return;
      }
      await store.script(
        `create or replace temp view enveloped as select * from read_${round} where envelope is not null`,
      );
      await store.run(`create or replace temp table pending as ${step('unwrap')}`, { round });
      await store.run(`create or replace temp table read_${round + 1} as ${step('read')}`, {
        forced,
      });
    }
  }

  async #mapSource(stem: string, origin: number): Promise<void> {
    const source = this.#sources.get(stem);
    if (!source) throw new Error(`no source '${stem}'`);
    await this.#store.run('set variable source = $stem', { stem });
    await this.#store.run(
      `insert into evidence by name with given as (${source.file.sql}) ${step('identify')}`,
      { table: source.table, origin },
    );
  }

  /** Hashes arguments and masks secrets, where there are any: most batches have neither. */
  async #clean(): Promise<void> {
    const store = this.#store;
    const [found] = await store.rows(
      'select count(*) as dirty, count(arguments_text) as with_arguments from evidence where is_dirty',
    );
    if (Number(found?.['with_arguments']) > 0) {
      await store.run(`create or replace temp table argument_hashes as ${step('argument_hashes')}`);
      await store.run(step('hash_arguments'));
    }
    if (Number(found?.['dirty']) > 0) await store.run(step('clean'));
  }

  /** Stores what was mapped since the last commit, with its books, in one transaction. */
  async commit(): Promise<Tally> {
    const store = this.#store;
    if (this.#pending === 0) return NOTHING;
    await store.run(`create or replace temp table losers as ${step('losers')}`);
    await store.script(`create or replace temp view winners as ${step('winners')}`);
    await store.run(`create or replace temp table known as ${step('known')}`);
    await store.run(`create or replace temp table verdicts as ${step('verdicts')}`);
    await store.run(`create or replace temp table books as ${step('books')}`);
    await store.transaction(async () => {
      await store.run(
        'delete from events where event_id in (select event_id from known where is_better)',
      );
      for (const name of ['insert_events', 'insert_rejects', 'insert_batch']) {
        await store.run(step(name));
      }
    });
    const tally = await this.#tally();
    await this.#startOver();
    return tally;
  }

  /** What was received is counted apart from what became of it, so that a loss cannot hide. */
  async #tally(): Promise<Tally> {
    const [sum] = await this.#store.rows(step('tally'));
    const count = (name: string): number => Number(sum?.[name] ?? 0);
    const tally = {
      received: this.#pending,
      stored: count('stored'),
      duplicate: count('duplicate'),
      rejected: count('rejected'),
      excluded: count('excluded'),
    };
    if (tally.received !== tally.stored + tally.duplicate + tally.rejected + tally.excluded) {
      throw new Error(`the books of a commit do not add up: ${JSON.stringify(tally)}`);
    }
    return tally;
  }

  async #startOver(): Promise<void> {
    const store = this.#store;
    await store.script(step('evidence_table'));
    await store.script(step('seen_table'));
    this.#origins.clear();
    this.#pending = 0;
  }
}

function step(name: string): string {
  return readSqlFile(`ingest/steps/${name}.sql`).sql;
}
