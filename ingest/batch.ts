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
  /** When records without a time of their own (resources) were observed, ISO-8601. */
  readonly observedAt: string;
}

export interface MapperSettings {
  /** Key of the hashes of arguments and rejects. */
  readonly key: string;
  /** API ids to keep, in lower case; all when empty. */
  readonly apis: readonly string[];
  /** Reads every record as this source's; each record tells when absent. */
  readonly forced?: string;
}

const SHAPES = ['app_insights_records', 'app_log_records', 'sign_in_records'] as const;
/** Text that is mapped at a time: large enough that planning the statements does not count. */
const MAP_BYTES = 64 * 1024 * 1024;
/** A third of a commit, so that it ends a little after a row group of DuckDB's is full. */
const MAP_LINES = 41_700;
/** Envelopes inside envelopes: an array of {"records": […]} of JSON text is three. */
const MAX_WRAPPINGS = 6;

/**
 * Maps batches of text to events on one connection. `add` and `map` read into temporary tables
 * and may run beside other mappers; `commit` stores what was read since the last one and must run
 * alone.
 * Raw text is in those tables only while it is being mapped, and a reject's until the commit.
 */
export class BatchMapper {
  readonly #store: Store;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #forced: string;
  readonly #origins = new Set<number>();
  /** Lines that were added since the last commit, and how many of them are mapped. */
  #lines = 0;
  #mapped = 0;
  #bytes = 0;
  #pending = 0;

  private constructor(store: Store, sources: readonly Source[], forced: string) {
    this.#store = store;
    this.#forced = forced;
    this.#sources = new Map(sources.map((source) => [source.stem, source]));
  }

  /** Gives a connection the macros, tables and views that mapping rests on. */
  static async prepare(
    store: Store,
    { key, apis, forced = '' }: MapperSettings,
  ): Promise<BatchMapper> {
    for (const name of ['values', 'aliases']) {
      await store.script(readFileSync(packagePath(`ingest/prelude/${name}.sql`), 'utf8'));
    }
    await store.run('set variable store_key = $key', { key });
    await store.run('set variable apis = $apis', { apis });
    await store.script(step('evidence_table'));
    await store.script(
      'create or replace temp view empty_evidence as select * exclude (event_id, content_hash, is_dirty, source_table) from evidence where false',
    );
    const sources = listSources();
    await createRecognition(store, sources);
    await store.script(step('seen_table'));
    await store.script('create or replace temp table claimed (record_id bigint)');
    await store.script(`create or replace temp view flat as ${step('no_records')}`);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
    for (const shape of SHAPES) {
      const { sql } = readSqlFile(`ingest/shapes/${shape}.sql`);
      await store.script(`create or replace temp view ${shape} as ${sql}`);
    }
    const mapper = new BatchMapper(store, sources, forced);
    await mapper.#startOver();
    return mapper;
  }

  /** How many records wait for a commit. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes a piece of text; it is mapped together with its neighbours, see `map`. */
  async add(batch: TextBatch, origin: BatchOrigin): Promise<void> {
    await this.#note(origin);
    await this.#store.run(`insert into pending_0 ${step('lines')}`, {
      text: batch.text,
      first_no: batch.firstNo,
      first_line: this.#lines,
      origin: origin.no,
    });
    this.#lines += batch.count;
    this.#bytes += batch.text.length;
    if (this.#bytes >= MAP_BYTES || this.#lines - this.#mapped >= MAP_LINES) await this.map();
  }

  /** Maps the text that was added; nothing is stored yet. */
  async map(): Promise<void> {
    if (this.#bytes === 0) return;
    const store = this.#store;
    await this.#firstLook();
    const rounds = await this.#unwrap();
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
    for (const { source } of await store.rows(step('present_sources'))) {
      await this.#mapSource(String(source));
    }
    await this.#clean();
    this.#pending += await store.run(`insert into seen by name ${step('seen')}`, {
      first_line: this.#mapped,
    });
    this.#mapped = this.#lines;
    this.#bytes = 0;
    for (let round = 0; round <= rounds; round += 1) {
      await store.script(`drop table pending_${round}; drop table read_${round}`);
    }
    await store.script(step('pending_table'));
  }

  /** Notes a part of a source that never became text: one record, received and rejected. */
  async addUnreadable({ reason, recordNo, bytes }: Unreadable, origin: BatchOrigin): Promise<void> {
    await this.#note(origin);
    this.#lines += 1;
    this.#pending += await this.#store.run(`insert into seen by name ${step('unreadable')}`, {
      origin: origin.no,
      line: this.#lines - 1,
      no: recordNo,
      reason,
      bytes,
    });
  }

  async #note({ no, name, observedAt }: BatchOrigin): Promise<void> {
    if (this.#origins.has(no)) return;
    this.#origins.add(no);
    await this.#store.run(
      'insert into origins values (cast($no as integer), $name, cast($at as timestamptz))',
      { no, name, at: observedAt },
    );
  }

  /** Maps the records of the table that the first line names, before anything else is looked at. */
  async #firstLook(): Promise<void> {
    const store = this.#store;
    const [first] = this.#forced === '' ? await store.rows(step('first_type')) : [];
    if (first) {
      await store.run('set variable first_type = $name', { name: first['name'] as string });
      await store.script(`create or replace temp view records as ${step('first_records')}`);
      await this.#mapSource(String(first['source']));
    }
    await store.run(`create or replace temp table claimed as ${step('claimed')}`, {
      first_line: this.#mapped,
    });
  }

  /**
   * Looks at the values, and into envelopes, until every value is a record: the view `flat`. Returns
   * how many times there was something to open.
   */
  async #unwrap(): Promise<number> {
    const store = this.#store;
    for (let round = 0; ; round += 1) {
      await store.run(`create or replace temp table read_${round} as ${step('read')}`, {
        forced: this.#forced,
      });
      const [found] = await store.rows(`select count(envelope) as wrapped from read_${round}`);
      const isLast = Number(found?.['wrapped']) === 0 || round === MAX_WRAPPINGS;
      const read = `select * from pending_${round} inner join read_${round} using (record_id)`;
      if (isLast) {
        const rounds = Array.from({ length: round + 1 }, (_, no) => no).map(
          (no) =>
            `select * exclude (envelope), envelope is not null as is_wrapped from pending_${no} inner join read_${no} using (record_id) where json_kind <> 'BLANK' and (envelope is null or ${no} = ${MAX_WRAPPINGS})`,
        );
        await store.script(`create or replace temp view flat as ${rounds.join(' union all ')}`);
        return round;
      }
      await store.script(
        `create or replace temp view enveloped as ${read} where envelope is not null`,
      );
      await store.run(`create or replace temp table pending_${round + 1} as ${step('unwrap')}`, {
        round,
      });
      await store.script(
        `create or replace temp view pending as select * from pending_${round + 1}`,
      );
    }
  }

  async #mapSource(stem: string): Promise<void> {
    const source = this.#sources.get(stem);
    if (!source) throw new Error(`no source '${stem}'`);
    const store = this.#store;
    await store.run('set variable source = $stem', { stem });
    await store.run('set variable source_table = $table', { table: source.table });
    // Without parameters a statement is planned once, not twice.
    await store.script(
      `insert into evidence by name with given as (${source.file.sql}) ${step('identify')}`,
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
    await this.map();
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
    await store.script(step('pending_table'));
    this.#origins.clear();
    this.#lines = 0;
    this.#mapped = 0;
    this.#bytes = 0;
    this.#pending = 0;
  }
}

function step(name: string): string {
  return readSqlFile(`ingest/steps/${name}.sql`).sql;
}
