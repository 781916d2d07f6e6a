import { readFileSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import { takeLongWay } from './long-way.ts';
import { type Mapping, mappingFailed } from './mapping.ts';
import { createRecognition } from './recognition.ts';
import { listSources, type Source } from './sources.ts';
import { step } from './step.ts';
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
  /** A user's own source beside ours; it reads every record where it recognises none itself. */
  readonly mapping?: Mapping;
}

/** A source that does not say how its records are told reads them all. */
function forcedBy(mapping: Mapping | undefined): string {
  return mapping?.recognitions.length === 0 ? mapping.stem : '';
}

const SHAPES = ['app_insights_records', 'app_log_records', 'sign_in_records'] as const;
/** Text that is mapped at a time: large enough that planning the statements does not count. */
const MAP_BYTES = 64 * 1024 * 1024;
/** A third of a commit, so that it ends a little after a row group of DuckDB's is full. */
const MAP_LINES = 41_700;
/** Records of a commit: DuckDB writes its row groups of 122,880 straight to their place. */
const COMMIT_RECORDS = 125_000;
/** Bounds of what the id of a record holds, see ingest/steps/lines.sql. */
const MAX_PIECES = 1 << 16;
const MAX_LINES_OF_PIECE = 1 << 16;

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
  /** Pieces of text since the last commit, and the first of those that are not mapped yet. */
  #pieces = 0;
  #firstPiece = 0;
  /** Lines and bytes that wait to be mapped, records that wait for a commit. */
  #lines = 0;
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
    { key, apis, mapping, forced = forcedBy(mapping) }: MapperSettings,
  ): Promise<BatchMapper> {
    for (const name of ['values', 'aliases', 'places']) {
      await store.script(readFileSync(packagePath(`ingest/prelude/${name}.sql`), 'utf8'));
    }
    await store.run('set variable store_key = $key', { key });
    await store.run('set variable apis = $apis', { apis });
    await store.script(step('evidence_table'));
    await store.script(
      'create or replace temp view empty_evidence as select * exclude (event_id, content_hash, is_dirty, source_table) from evidence where false',
    );
    const sources = mapping ? [...listSources(), mapping] : listSources();
    await createRecognition(store, sources);
    const mapper = new BatchMapper(store, sources, forced);
    await mapper.#startOver();
    await store.script(`create or replace temp view lines as ${step('lines')}`);
    await store.script(`create or replace temp view received as ${step('received')}`);
    await store.script(`create or replace temp view flat as ${step('no_records')}`);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
    for (const shape of SHAPES) {
      const { sql } = readSqlFile(`ingest/shapes/${shape}.sql`);
      await store.script(`create or replace temp view ${shape} as ${sql}`);
    }
    if (mapping) await mapper.#check(mapping);
    return mapper;
  }

  /** Lets the engine look at a user's own source before there is a record for it. */
  async #check(mapping: Mapping): Promise<void> {
    try {
      await this.#mapSource(mapping.stem);
    } catch (error) {
      throw mappingFailed(mapping, error);
    }
  }

  /** How many records wait for a commit. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether it is time for a commit. */
  get isFull(): boolean {
    return this.#pending >= COMMIT_RECORDS || this.#pieces >= MAX_PIECES;
  }

  /** Takes a piece of text; it is mapped together with its neighbours, see `map`. */
  async add({ text, firstNo, count }: TextBatch, origin: BatchOrigin): Promise<void> {
    if (count > MAX_LINES_OF_PIECE) throw new Error(`a piece of ${count} lines`);
    const piece_no = await this.#notePiece(firstNo, origin);
    await this.#store.run(
      'insert into texts select cast($piece_no as integer), decode(cast($text as blob))',
      { piece_no, text },
    );
    this.#lines += count;
    this.#bytes += text.length;
    if (this.#bytes >= MAP_BYTES || this.#lines >= MAP_LINES) await this.map();
  }

  /** Maps the text that was added; nothing is stored yet. */
  async map(): Promise<void> {
    if (this.#bytes > 0) {
      const claimed = await this.#firstLook();
      this.#pending += claimed;
      if (claimed < this.#lines) {
        this.#pending += await takeLongWay(this.#store, {
          forced: this.#forced,
          firstPiece: this.#firstPiece,
          mapSource: (stem) => this.#mapSource(stem),
        });
      }
      await this.#clean();
      await this.#store.script(step('texts_table'));
    }
    this.#firstPiece = this.#pieces;
    this.#lines = 0;
    this.#bytes = 0;
  }

  /** Notes a part of a source that never became text: one record, received and rejected. */
  async addUnreadable({ reason, recordNo, bytes }: Unreadable, origin: BatchOrigin): Promise<void> {
    const piece_no = await this.#notePiece(recordNo, origin);
    const values = { piece_no, reason, bytes };
    this.#pending += await this.#store.run(
      `insert into seen by name ${step('unreadable')}`,
      values,
    );
  }

  /** Notes where a piece of text comes from; returns its ordinal since the last commit. */
  async #notePiece(firstNo: number, { no, name, observedAt }: BatchOrigin): Promise<number> {
    const piece = this.#pieces;
    this.#pieces += 1;
    if (!this.#origins.has(no)) {
      this.#origins.add(no);
      await this.#store.run(
        'insert into origins values (cast($no as integer), $name, cast($at as timestamptz))',
        { no, name, at: observedAt },
      );
    }
    await this.#store.run(
      'insert into pieces values (cast($piece as integer), cast($no as integer), cast($first as bigint))',
      { piece, no, first: firstNo },
    );
    return piece;
  }

  /**
   * Maps the records of the table that the first line names, before anything else is looked at.
   * Returns how many it has dealt with, and leaves their ids in `claimed` where that is not all.
   */
  async #firstLook(): Promise<number> {
    const store = this.#store;
    const [first] = this.#forced === '' ? await store.rows(step('first_type')) : [];
    const part = { first_piece: this.#firstPiece };
    if (first) {
      await store.run('set variable first_type = $name', { name: String(first['name']) });
      await store.script(`create or replace temp view records as ${step('first_records')}`);
      await this.#mapSource(String(first['source']));
    }
    let [outcome] = await store.rows(step('first_outcome'), part);
    if (Number(outcome?.['unfit']) > 0) {
      await store.run(step('leave_unfit'), part);
      [outcome] = await store.rows(step('first_outcome'), part);
    }
    const claimed = Number(outcome?.['claimed']);
    if (claimed < this.#lines) {
      await store.run(`create or replace temp table claimed as ${step('claimed')}`, part);
    }
    return claimed;
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

  /**
   * Stores what was mapped since the last commit, with its books, in one transaction; `alongside`
   * does what belongs into the same one, such as moving a checkpoint.
   */
  async commit(alongside?: (store: Store) => Promise<void>): Promise<Tally> {
    const store = this.#store;
    await this.map();
    if (this.#pending === 0) {
      if (!alongside) return NOTHING;
      await store.transaction(() => alongside(store));
      await this.#startOver();
      return NOTHING;
    }
    await store.run(`create or replace temp table losers as ${step('losers')}`);
    await store.script(`create or replace temp view winners as ${step('winners')}`);
    await store.run(`create or replace temp table known as ${step('known')}`);
    await store.run(`create or replace temp table verdicts as ${step('verdicts')}`);
    await store.run(`create or replace temp table books as ${step('books')}`);
    const [found] = await store.rows(
      "select count(*) as rejected from verdicts where verdict = 'rejected'",
    );
    await store.transaction(async () => {
      await store.run(
        'delete from events where event_id in (select event_id from known where is_better)',
      );
      await store.run(step('insert_events'));
      if (Number(found?.['rejected']) > 0) await store.run(step('insert_rejects'));
      await store.run(step('insert_batch'));
      await alongside?.(store);
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
    for (const table of ['evidence_table', 'seen_table', 'pieces_table', 'texts_table']) {
      await this.#store.script(step(table));
    }
    this.#origins.clear();
    this.#pieces = 0;
    this.#firstPiece = 0;
    this.#lines = 0;
    this.#bytes = 0;
    this.#pending = 0;
  }
}
