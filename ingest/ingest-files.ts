import { UserError } from '../core/errors.ts';
import { isShortOfMemory } from '../store/failures.ts';
import type { Store } from '../store/store.ts';
import { BatchMapper, type BatchOrigin, COMMIT_RECORDS } from './batch.ts';
import type { BodyForm } from './event-hubs/body.ts';
import { readMapping } from './mapping.ts';
import { NO_REDACTION, type Redaction } from './redaction.ts';
import type { Alongside } from './settle.ts';
import { sourceOfTable } from './sources.ts';
import { addTallies, isPartlySetAside, NOTHING, type Tally } from './tally.ts';
import type { Delivery } from './transports/batches.ts';
import { ensureReadable, findFiles, readFile, type TelemetryFile } from './transports/files.ts';

export interface IngestOptions {
  /** Key of the hashes, see storeKey. */
  readonly key: string;
  /** What is kept and what is hidden, beside what never is stored. */
  readonly redaction?: Redaction;
  /** Reads every record as this table's; each record tells when it is absent. */
  readonly table?: string;
  /** A user's own source file, for records that none of ours reads; not with `table`. */
  readonly mapping?: string;
  /** API ids to keep; all when absent. */
  readonly apis?: readonly string[];
  readonly onProgress?: (progress: IngestProgress) => void;
  /** Done in the transaction of each commit, such as renewing a lease. */
  readonly alongside?: Alongside;
  /** Stops after the batches that are under way, and commits them. */
  readonly signal?: AbortSignal;
}

export interface IngestProgress {
  readonly file: string;
  readonly fileNo: number;
  readonly files: number;
  /** Records that were read so far; some of them wait for their commit. */
  readonly read: number;
}

export interface IngestSummary extends Tally {
  readonly files: number;
  /** Files of the folders that were given whose names say that they are not telemetry. */
  readonly ignored: readonly string[];
  /** Whether something was set aside that was meant to be read: the run may be repeated safely. */
  readonly isPartial: boolean;
  readonly wasInterrupted: boolean;
  /** It was interrupted before it had read everything. */
  readonly hasRest: boolean;
}

/** What a run gives that had nothing to read. */
export const NOTHING_READ: IngestSummary = {
  ...NOTHING,
  files: 0,
  ignored: [],
  isPartial: false,
  wasInterrupted: false,
  hasRest: false,
};

/** The sum of two runs. */
export function addSummaries(a: IngestSummary, b: IngestSummary): IngestSummary {
  return {
    ...addTallies(a, b),
    files: a.files + b.files,
    ignored: [...a.ignored, ...b.ignored],
    isPartial: a.isPartial || b.isPartial,
    wasInterrupted: a.wasInterrupted || b.wasInterrupted,
    hasRest: a.hasRest || b.hasRest,
  };
}

/** How many batches are mapped at a time; each has a connection and a share of the memory. */
const MAPPERS = 2;
/** So little is mapped sooner than a second mapper is made ready. */
const LITTLE_BYTES = 4 * 1024 * 1024;

/**
 * Reads files into events. What was stored before is a duplicate, so a run may be repeated; each
 * commit has its books, so a run may be stopped.
 */
export async function ingestFiles(
  store: Store,
  paths: readonly string[],
  options: IngestOptions,
): Promise<IngestSummary> {
  const { files, ignored } = await findFiles(paths);
  const mapping = options.mapping === undefined ? undefined : readMapping(options.mapping);
  const forced = options.table === undefined ? undefined : sourceOfTable(options.table).stem;
  for (const file of files) ensureReadable(file);
  const settings = {
    key: options.key,
    redaction: options.redaction ?? NO_REDACTION,
    apis: (options.apis ?? []).map((api) => api.toLowerCase()),
    ...(mapping && { mapping }),
    ...(forced !== undefined && { forced }),
  };
  const form = { asLines: mapping?.readsLines ?? false };
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const mappers = bytes <= LITTLE_BYTES ? 1 : MAPPERS;
  let hasRest = false;
  const leave = () => {
    hasRest = true;
  };
  const readAll = async ([reader, ...forks]: readonly Store[]): Promise<Tally> => {
    const ready = await Promise.all(
      forks.map(async (fork) => {
        const mapper = await BatchMapper.prepare(fork, settings);
        await mapper.expect(files.map(({ path }) => path));
        return mapper;
      }),
    );
    const work = deliveries(files, form, reader as Store, { ...options, leave });
    return mapAll(ready, work, files.length, options);
  };
  const isMuch = ({ stored }: Tally): boolean => stored >= COMMIT_RECORDS;
  const tally = await store.withForks(mappers + 1, readAll, isMuch);
  return {
    ...tally,
    files: files.length,
    ignored,
    isPartial: isPartlySetAside(tally),
    wasInterrupted: options.signal?.aborted ?? false,
    hasRest,
  };
}

interface Work {
  readonly delivery: Delivery;
  readonly origin: BatchOrigin;
}

async function* deliveries(
  files: readonly TelemetryFile[],
  form: BodyForm,
  reader: Store,
  { signal, leave }: Pick<IngestOptions, 'signal'> & { readonly leave: () => void },
): AsyncGenerator<Work> {
  for (const [index, file] of files.entries()) {
    const origin = { no: index + 1, name: file.path, observedAt: file.modifiedAt };
    for await (const delivery of readFile(file, form, reader)) {
      if (signal?.aborted) return leave();
      yield { delivery, origin };
    }
  }
}

/** Mappers take work as they get free; only one commits at a time. */
async function mapAll(
  mappers: readonly BatchMapper[],
  work: AsyncGenerator<Work>,
  files: number,
  { onProgress, alongside }: IngestOptions,
): Promise<Tally> {
  let total: Tally = NOTHING;
  let read = 0;
  let committing: Promise<unknown> = Promise.resolve();
  const commit = async (mapper: BatchMapper): Promise<void> => {
    await mapper.map();
    if (mapper.pending === 0) return;
    const turn = committing.then(async () => {
      total = addTallies(total, await mapper.commit(alongside));
    });
    committing = turn.catch(() => undefined);
    await turn;
  };
  const run = async (mapper: BatchMapper): Promise<void> => {
    for (;;) {
      const next = await work.next();
      if (next.done) return commit(mapper);
      const { delivery, origin } = next.value;
      const before = mapper.pending;
      if (delivery.kind === 'batch') await mapper.add(origin, delivery.batch);
      else await mapper.addUnreadable(delivery.unreadable, origin);
      read += mapper.pending - before;
      onProgress?.({ file: origin.name, fileNo: origin.no, files, read });
      if (mapper.isFull) await commit(mapper);
    }
  };
  const runs = await Promise.allSettled(mappers.map(run));
  const failed = runs.find((result) => result.status === 'rejected');
  if (failed) throw explained(failed.reason);
  return total;
}

/** Nothing may be spilled while raw records are in memory, so a run can end for want of it. */
function explained(error: unknown): unknown {
  if (!isShortOfMemory(error)) return error;
  return new UserError(
    'memory_short',
    'Memory ran short while records were read; what was committed before is kept.',
    'Let it take more (memory_limit of the store, in the config), or read fewer files at a time: what is stored already is a duplicate.',
    { cause: error },
  );
}
