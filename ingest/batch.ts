import { messageOf } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import { cleanMapped } from './clean-mapped.ts';
import { asCommit } from './commit-span.ts';
import { takeFirstLook } from './first-look.ts';
import { takeLongWay } from './long-way.ts';
import { MappedTables } from './mapped-tables.ts';
import { type Mapping, mappingFailed, OWN } from './mapping.ts';
import { runPrelude } from './prelude.ts';
import { createRecognition } from './recognition.ts';
import { NO_REDACTION, prepareRedaction, type Redaction } from './redaction.ts';
import { type Alongside, settle } from './settle.ts';
import { givenBy } from './shapes.ts';
import { listSources, type Source } from './sources.ts';
import { step } from './step.ts';
import { NOTHING, type Tally } from './tally.ts';
import type { RowBatch, TextBatch, Unreadable } from './transports/batches.ts';
import { UnreadableValues } from './unreadable.ts';
import { bytesOf, portionsOf, type Waiting } from './waiting.ts';
import { WaitingViews } from './waiting-views.ts';
import { withoutContent } from './without-content.ts';

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
  /** What the config says; nothing is kept and nothing hidden when absent. */
  readonly redaction?: Redaction;
  /** Reads every record as this source's; each record tells when absent. */
  readonly forced?: string;
  /** A user's own source beside ours; it reads every record where it recognises none itself. */
  readonly mapping?: Mapping;
}

/** A source that does not say how its records are told reads them all. */
function forcedBy(mapping: Mapping | undefined): string {
  return mapping?.recognitions.length === 0 ? mapping.stem : '';
}

const TABLES = [
  'seen_table',
  'pieces_table',
  'texts_table',
  'cell_rows_table',
  'redacted_table',
  'unreadable_table',
] as const;
/** Text that is mapped at a time: large enough that planning the statements does not count. */
const MAP_BYTES = 96 * 1024 * 1024;
/** Half a commit, so that it ends a little after a row group of DuckDB's is full. */
const MAP_LINES = 62_500;
/** Of that, what is looked into at a time where it may be wrapped: each layer is a copy. */
const UNWRAP_BYTES = 16 * 1024 * 1024;
/** Records of a commit: DuckDB writes its row groups of 122,880 straight to their place. */
export const COMMIT_RECORDS = 125_000;
/** Bounds of what the id of a record holds, see ingest/prelude/places.sql. */
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
  /** Names of origins as they are stored: to look for secrets takes as long as to map a few hundred records. */
  readonly #scrubbedNames = new Map<string, string>();
  readonly #tables: MappedTables;
  readonly #views: WaitingViews;
  readonly #unreadable: UnreadableValues;
  /** Pieces of text since the last commit. */
  #pieces = 0;
  /** Lines and pieces that wait to be mapped, records that wait for a commit. */
  #lines = 0;
  #waiting: Waiting[] = [];
  #rowNames: readonly string[] = [];
  #pending = 0;

  private constructor(
    store: Store,
    sources: readonly Source[],
    forced: string,
    unreadable: UnreadableValues,
  ) {
    this.#store = store;
    this.#unreadable = unreadable;
    this.#tables = new MappedTables(store);
    this.#views = new WaitingViews(store);
    this.#forced = forced;
    this.#sources = new Map(sources.map((source) => [source.stem, source]));
  }

  /** Gives a connection the macros, tables and views that mapping rests on. */
  static async prepare(
    store: Store,
    { key, apis, redaction = NO_REDACTION, mapping, forced = forcedBy(mapping) }: MapperSettings,
  ): Promise<BatchMapper> {
    await prepareRedaction(store, key, redaction);
    const unreadable = await UnreadableValues.prepare(store);
    for (const name of ['values', 'aliases']) await runPrelude(store, name);
    await store.hold(() =>
      store.run('create or replace temp table empty_events as from events limit 0'),
    );
    await store.run('set variable apis = $apis', { apis });
    await store.script(step('mapped_table'));
    await store.script(
      'create or replace temp view empty_evidence as select * exclude (event_id, content_hash, is_dirty, source_table) from mapped where false',
    );
    const sources = mapping ? [...listSources(), mapping] : listSources();
    await createRecognition(store, sources);
    const mapper = new BatchMapper(store, sources, forced, unreadable);
    await mapper.#startOver();
    await runPrelude(store, 'places');
    await mapper.#lookAt([]);
    await mapper.#nameRows([]);
    await store.script(`create or replace temp view text_lines as ${step('text_lines')}`);
    await mapper.#views.show(new Set(['text']));
    await store.script(`create or replace temp view received as ${step('received')}`);
    await store.script(`create or replace temp view flat as ${step('no_records')}`);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
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

  /** Makes ready for batches of many origins: to look for secrets in all their names takes no longer than in one. */
  async expect(names: readonly string[]): Promise<void> {
    const rows = await this.#store.rows(
      'select name, scrub(name) as scrubbed from (select unnest(cast($names as varchar[])) as name)',
      { names },
    );
    for (const { name, scrubbed } of rows) this.#scrubbedNames.set(String(name), String(scrubbed));
  }

  /** How many records wait for a commit. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether it is time for a commit. */
  get isFull(): boolean {
    return this.#pending >= COMMIT_RECORDS || this.#pieces >= MAX_PIECES;
  }

  /** Takes pieces of text; they are mapped together with their neighbours, see `map`. */
  async add(origin: BatchOrigin, ...batches: readonly TextBatch[]): Promise<void> {
    const rows: (number | Uint8Array)[][] = [];
    for (const { text, firstNo, count } of batches) {
      if (count > MAX_LINES_OF_PIECE) throw new Error(`a piece of ${count} lines`);
      const piece = await this.#startPiece(origin);
      rows.push([piece, origin.no, firstNo, text]);
      this.#lines += count;
      this.#waiting.push({ kind: 'text', piece, bytes: text.length });
    }
    await this.#store.append('texts', ...rows);
    for (const { release } of batches) release?.();
    if (bytesOf(this.#waiting) >= MAP_BYTES || this.#lines >= MAP_LINES) await this.map();
  }

  /** Takes rows, all of them; they are mapped together with others of the same names, see `map`. */
  async addRows({ from, names, count, bytes }: RowBatch, origin: BatchOrigin): Promise<void> {
    if (names.join('\n') !== this.#rowNames.join('\n')) {
      await this.map();
      await this.#nameRows(names);
    }
    const first = this.#pieces;
    for (let no = 0; no < count; no += MAX_LINES_OF_PIECE) {
      const piece = await this.#startPiece(origin);
      await this.#store.append('pieces', [piece, origin.no, no + 1]);
      this.#waiting.push({
        kind: 'rows',
        piece,
        bytes: (bytes * Math.min(MAX_LINES_OF_PIECE, count - no)) / count,
      });
    }
    await this.#store.run(
      `insert into cell_rows select ${first} + row_no // ${MAX_LINES_OF_PIECE}, row_no % ${MAX_LINES_OF_PIECE}, cells from (${from})`,
    );
    this.#lines += count;
  }

  async #nameRows(names: readonly string[]): Promise<void> {
    this.#rowNames = names;
    await this.#store.run('set variable row_names = cast(cast($names as json) as varchar[])', {
      names: JSON.stringify(names),
    });
  }

  /** Maps the text that was added; nothing is stored yet. */
  async map(): Promise<void> {
    try {
      await this.#mapWaiting();
    } catch (error) {
      throw withoutContent(error);
    }
  }

  async #mapWaiting(): Promise<void> {
    if (this.#waiting.length > 0) {
      await this.#store.run('insert into pieces select piece_no, origin, first_no from texts');
      await this.#views.show(new Set(this.#waiting.map(({ kind }) => kind)));
      await this.#lookAt(this.#waiting);
      const way = { forced: this.#forced, mapSource: (stem: string) => this.#mapSource(stem) };
      const claimed = await takeFirstLook(this.#store, this.#lines, way);
      this.#pending += claimed;
      if (claimed < this.#lines) {
        for (const portion of portionsOf(this.#waiting, UNWRAP_BYTES)) {
          await this.#lookAt(portion);
          this.#pending += await takeLongWay(this.#store, way);
        }
      }
      await cleanMapped(this.#store);
      await this.#tables.startNext();
      await this.#store.script(step('texts_table'));
      await this.#store.script(step('cell_rows_table'));
    }
    this.#lines = 0;
    this.#waiting = [];
  }

  /** Makes the view `lines` show these pieces; they follow one another. */
  async #lookAt(pieces: readonly Waiting[]): Promise<void> {
    await this.#store.run('set variable first_piece = $no', { no: pieces[0]?.piece ?? 0 });
    await this.#store.run('set variable last_piece = $no', { no: pieces.at(-1)?.piece ?? 0 });
  }

  /** Notes a part of a source that never became text: one record, received and rejected. */
  async addUnreadable({ reason, recordNo, bytes }: Unreadable, origin: BatchOrigin): Promise<void> {
    const piece_no = await this.#startPiece(origin);
    await this.#store.append('pieces', [piece_no, origin.no, recordNo]);
    const values = { piece_no, reason, bytes };
    this.#pending += await this.#store.run(
      `insert into seen by name ${step('unreadable')}`,
      values,
    );
  }

  /** Notes the source of a piece; returns the piece's ordinal since the last commit. */
  async #startPiece({ no, name, observedAt }: BatchOrigin): Promise<number> {
    const piece = this.#pieces;
    this.#pieces += 1;
    if (!this.#origins.has(no)) {
      this.#origins.add(no);
      await this.#store.run(
        'insert into origins values (cast($no as integer), $name, cast($at as timestamptz))',
        { no, name: await this.#scrubbed(name), at: observedAt },
      );
    }
    return piece;
  }

  async #scrubbed(name: string): Promise<string> {
    const known = this.#scrubbedNames.get(name);
    if (known !== undefined) return known;
    await this.expect([name]);
    return this.#scrubbedNames.get(name) as string;
  }

  async #mapSource(stem: string): Promise<void> {
    const source = this.#sources.get(stem);
    if (!source) throw new Error(`no source '${stem}'`);
    const store = this.#store;
    await store.run('set variable source = $stem', { stem });
    await store.run('set variable source_table = $table', { table: source.table });
    // Without parameters a statement is planned once, not twice.
    const map = `insert into mapped by name ${givenBy(source.file.sql)} ${step('identify')}`;
    try {
      await store.script(map);
      await this.#unreadable.note(source);
    } catch (error) {
      // What the engine says of a value that a user's own source cannot read.
      if (!(stem.startsWith(OWN) && /^(?:Conversion|Out of Range) Error/.test(messageOf(error))))
        throw error;
      throw mappingFailed(source, withoutContent(error));
    }
  }

  /**
   * Stores what was mapped since the last commit, with its books, in one transaction; what was added
   * is mapped before, with `map`. `alongside` does what belongs into the same transaction, such as
   * moving a checkpoint.
   */
  async commit(alongside?: Alongside): Promise<Tally> {
    if (this.#waiting.length > 0) throw new Error('a commit of text that is not mapped');
    if (this.#pending === 0 && !alongside) return NOTHING;
    const tally = await asCommit(() =>
      this.#store.hold(() => settle(this.#store, this.#pending, alongside)),
    );
    await this.#startOver();
    return tally;
  }

  async #startOver(): Promise<void> {
    await this.#tables.startOver();
    for (const table of TABLES) await this.#store.script(step(table));
    this.#origins.clear();
    this.#pieces = 0;
    this.#pending = 0;
  }
}
