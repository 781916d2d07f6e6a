import type { Store } from '../store/store.ts';
import { addTallies, BatchMapper, type BatchOrigin, NOTHING, type Tally } from './batch.ts';
import { sourceOfTable } from './sources.ts';
import type { Delivery } from './transports/batches.ts';
import { ensureReadable, findFiles, readFile, type TelemetryFile } from './transports/files.ts';

export interface IngestOptions {
  /** Key of the hashes, see storeKey. */
  readonly key: string;
  /** Reads every record as this table's; each record tells when it is absent. */
  readonly table?: string;
  /** API ids to keep; all when absent. */
  readonly apis?: readonly string[];
  readonly onProgress?: (progress: IngestProgress) => void;
  /** Stops after the batches that are under way; what was committed stays. */
  readonly signal?: AbortSignal;
}

export interface IngestProgress {
  readonly file: string;
  readonly fileNo: number;
  readonly files: number;
  readonly tally: Tally;
}

export interface IngestSummary extends Tally {
  readonly files: number;
  /** Files of the folders that were given whose names say that they are not telemetry. */
  readonly ignored: readonly string[];
  /** Whether something was set aside that was meant to be read: the run may be repeated safely. */
  readonly isPartial: boolean;
  readonly wasInterrupted: boolean;
}

/** How many batches are mapped at a time; each has a connection and a share of the memory. */
const MAPPERS = 2;

/**
 * Reads files into events. What was stored before is a duplicate, so a run may be repeated; each
 * batch commits on its own with its books, so a run may be stopped.
 */
export async function ingestFiles(
  store: Store,
  paths: readonly string[],
  options: IngestOptions,
): Promise<IngestSummary> {
  const { files, ignored } = await findFiles(paths);
  const forced = options.table === undefined ? '' : sourceOfTable(options.table).stem;
  for (const file of files) ensureReadable(file);
  const reader = await store.fork();
  const forks = await Promise.all(Array.from({ length: MAPPERS }, () => store.fork()));
  try {
    const settings = {
      key: options.key,
      apis: (options.apis ?? []).map((api) => api.toLowerCase()),
    };
    const mappers = await Promise.all(forks.map((fork) => BatchMapper.prepare(fork, settings)));
    const work = deliveries(files, forced, reader, options.signal);
    const tally = await mapAll(mappers, work, files.length, options.onProgress);
    return {
      ...tally,
      files: files.length,
      ignored,
      isPartial: tally.rejected > 0,
      wasInterrupted: options.signal?.aborted ?? false,
    };
  } finally {
    for (const fork of [reader, ...forks]) fork.closeFork();
  }
}

interface Work {
  readonly delivery: Delivery;
  readonly origin: BatchOrigin;
  readonly fileNo: number;
}

async function* deliveries(
  files: readonly TelemetryFile[],
  forced: string,
  reader: Store,
  signal: AbortSignal | undefined,
): AsyncGenerator<Work> {
  for (const [index, file] of files.entries()) {
    const origin = { name: file.path, forced, observedAt: file.modifiedAt };
    for await (const delivery of readFile(file, reader)) {
      if (signal?.aborted) return;
      yield { delivery, origin, fileNo: index + 1 };
    }
  }
}

/** Mappers take work as they get free; only one commits at a time. */
async function mapAll(
  mappers: readonly BatchMapper[],
  work: AsyncGenerator<Work>,
  files: number,
  onProgress: IngestOptions['onProgress'],
): Promise<Tally> {
  let total: Tally = NOTHING;
  let committing: Promise<unknown> = Promise.resolve();
  const alone = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = committing.then(task);
    committing = turn.catch(() => undefined);
    return turn;
  };
  const run = async (mapper: BatchMapper): Promise<void> => {
    for (;;) {
      const next = await work.next();
      if (next.done) return;
      const { delivery, origin, fileNo } = next.value;
      if (delivery.kind === 'batch') await mapper.map(delivery.batch, origin);
      const tally = await alone(() =>
        delivery.kind === 'batch'
          ? mapper.commit(origin)
          : mapper.commitUnreadable(delivery.unreadable, origin),
      );
      total = addTallies(total, tally);
      onProgress?.({ file: origin.name, fileNo, files, tally: total });
    }
  };
  const runs = await Promise.allSettled(mappers.map(run));
  const failed = runs.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return total;
}
