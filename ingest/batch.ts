import { readFileSync } from 'node:fs';
import { packagePath } from '../core/package-root.ts';
import { readSqlFile } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import { listSources, type Source } from './sources.ts';
import type { TextBatch, Unreadable } from './transports/batches.ts';

/** What became of the records of a batch or a run; received is the sum of the other four. */
export interface Tally {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly excluded: number;
}

export const NOTHING: Tally = { received: 0, stored: 0, duplicate: 0, rejected: 0, excluded: 0 };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    excluded: a.excluded + b.excluded,
  };
}

export interface BatchOrigin {
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
 * Maps batches of text to events on one connection. `map` does the reading and may run beside
 * other mappers; `commit` stores the result and must run alone.
 */
export class BatchMapper {
  readonly #store: Store;
  readonly #sources: ReadonlyMap<string, Source>;

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
    const sources = listSources();
    await createRecognition(store, sources);
    await store.script(step('mapped'));
    await store.script(`create or replace temp view flat as ${step('no_records')}`);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(`create or replace temp view records as ${step('records')}`);
    for (const shape of SHAPES) {
      await store.script(
        `create or replace temp view ${shape} as ${readSqlFile(`ingest/shapes/${shape}.sql`).sql}`,
      );
    }
    return new BatchMapper(store, sources);
  }

  /** Reads a batch of text into temporary tables; nothing is stored yet. */
  async map(batch: TextBatch, origin: BatchOrigin): Promise<void> {
    const store = this.#store;
    await store.run('set variable observed_at = cast($at as timestamptz)', {
      at: origin.observedAt,
    });
    await this.#unwrap(batch, origin.forced);
    await store.run(`create or replace temp table recognised as ${step('recognise')}`);
    await store.script(step('mapped'));
    const present = await store.rows(step('present_sources'));
    for (const { source } of present) await this.#mapSource(String(source));
    await store.run(`create or replace temp table evidence as ${step('identify')}`);
    await this.#clean();
    await store.run(`create or replace temp table losers as ${step('losers')}`);
    await store.script(`create or replace temp view winners as ${step('winners')}`);
  }

  /** Hashes arguments and masks secrets, where there are any: most batches have neither. */
  async #clean(): Promise<void> {
    const store = this.#store;
    const [found] = await store.rows(
      'select count(*) filter (is_dirty) as dirty, count(arguments_text) as with_arguments from evidence',
    );
    if (Number(found?.['with_arguments']) > 0) {
      await store.run(`create or replace temp table argument_hashes as ${step('argument_hashes')}`);
      await store.run(step('hash_arguments'));
    }
    if (Number(found?.['dirty']) > 0) await store.run(step('clean'));
  }

  /** Reads the values, and what is inside envelopes, until every value is a record: the view `flat`. */
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
        const tables = Array.from(
          { length: round + 1 },
          (_, no) => `select * exclude (envelope) from read_${no} where envelope is null`,
        );
        await store.script(`create or replace temp view flat as ${tables.join(' union all ')}`);
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

  async #mapSource(stem: string): Promise<void> {
    const source = this.#sources.get(stem);
    if (!source) throw new Error(`no source '${stem}'`);
    await this.#store.run('set variable source = $stem', { stem });
    await this.#store.run(
      `insert into mapped by name select *, cast($table as varchar) as source_table from (${source.file.sql})`,
      { table: source.table },
    );
  }

  /** Stores what `map` made, with its books, in one transaction. */
  async commit(origin: BatchOrigin): Promise<Tally> {
    const store = this.#store;
    await store.run(`create or replace temp table known as ${step('known')}`);
    await store.run(`create or replace temp table verdicts as ${step('verdicts')}`);
    await store.run('set variable source_name = $name', { name: origin.name });
    await store.transaction(async () => {
      await nextBatchId(store);
      await store.run(
        'delete from events where event_id in (select event_id from known where is_better)',
      );
      for (const table of ['insert_events', 'insert_rejects', 'insert_batch'])
        await store.run(step(table));
    });
    return this.#tally();
  }

  /** Lists a part of a source that never became text as one record received and rejected. */
  async commitUnreadable(
    { reason, recordNo, bytes }: Unreadable,
    origin: BatchOrigin,
  ): Promise<Tally> {
    const store = this.#store;
    const place = { source: origin.name, no: recordNo, reason, bytes };
    await store.transaction(async () => {
      await nextBatchId(store);
      await store.run(step('insert_unreadable'), place);
      await store.run(
        "insert into ingest_batches by name select getvariable('batch_id') as batch_id, $source as source, '' as source_table, 1 as received, 0 as stored, 0 as duplicate, 1 as rejected, 0 as excluded, 0 as sampled, 0 as truncated",
        { source: origin.name },
      );
    });
    return { ...NOTHING, received: 1, rejected: 1 };
  }

  /** What was received is counted apart from what became of it, so that a loss cannot hide. */
  async #tally(): Promise<Tally> {
    const [received] = await this.#store.rows('select count(*) as records from flat');
    const [sum] = await this.#store.rows(
      "select sum(stored)::bigint as stored, sum(duplicate)::bigint as duplicate, sum(rejected)::bigint as rejected, sum(excluded)::bigint as excluded from ingest_batches where batch_id = getvariable('batch_id')",
    );
    const tally = {
      received: Number(received?.['records'] ?? 0),
      stored: Number(sum?.['stored'] ?? 0),
      duplicate: Number(sum?.['duplicate'] ?? 0),
      rejected: Number(sum?.['rejected'] ?? 0),
      excluded: Number(sum?.['excluded'] ?? 0),
    };
    if (tally.received !== tally.stored + tally.duplicate + tally.rejected + tally.excluded) {
      throw new Error(`the books of a batch do not add up: ${JSON.stringify(tally)}`);
    }
    return tally;
  }
}

function step(name: string): string {
  return readSqlFile(`ingest/steps/${name}.sql`).sql;
}

async function nextBatchId(store: Store): Promise<void> {
  await store.run(
    'set variable batch_id = (select coalesce(max(batch_id), 0) + 1 from ingest_batches)',
  );
}

async function createRecognition(store: Store, sources: readonly Source[]): Promise<void> {
  const rules = sources.flatMap(({ stem, recognitions }) =>
    recognitions.map((rule) => ({ ...rule, source: stem })),
  );
  const names = rules.filter(({ way }) => way !== 'fields' && way !== 'first');
  const signatures = rules
    .filter(({ way }) => way === 'fields' || way === 'first')
    .map(({ way, name, source }, index) => ({
      source,
      fields: name.split(/\s+/),
      rank: way === 'first' ? 0 : index + 1,
    }));
  await store.run(
    'create or replace temp table recognition as select unnest(from_json($rules, \'[{"way":"VARCHAR","name":"VARCHAR","provider":"VARCHAR","source":"VARCHAR"}]\'), recursive := true)',
    { rules: JSON.stringify(names) },
  );
  await store.run(
    'create or replace temp table signature as select unnest(from_json($signatures, \'[{"source":"VARCHAR","fields":["VARCHAR"],"rank":"BIGINT"}]\'), recursive := true)',
    { signatures: JSON.stringify(signatures) },
  );
}
