import { UserError } from '../core/errors.ts';
import { grouped } from '../core/grouped.ts';
import type { CorrelateSummary } from '../correlate/correlate.ts';
import type { Config, FilesSource, Source } from '../ingest/config/config.ts';
import type { EventHubsSummary } from '../ingest/ingest-event-hubs.ts';
import type { IngestSummary } from '../ingest/ingest-files.ts';
import type { LogAnalyticsSummary } from '../ingest/ingest-log-analytics.ts';
import type { Redaction } from '../ingest/redaction.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';
import type { SimulationSummary } from '../simulate/summary.ts';
import type { Store } from '../store/store.ts';
import {
  ingestHubInto,
  type ReadingOn,
  sayRedacted,
  saySetAside,
  tallyText,
} from './hub-pipeline.ts';
import type { Io } from './io.ts';
import { ingestLogsInto } from './logs-pipeline.ts';

/** Says what was simulated. */
export function simulatedText({ calls, records, files }: SimulationSummary): string {
  return `simulate: ${grouped(calls)} calls, ${grouped(records)} records in ${files.length} files\n`;
}

/** Reads files into the store and says what became of their records. */
export async function ingestFilesInto(
  store: Store,
  paths: readonly string[],
  { apis, table, mapping }: Pick<FilesSource, 'apis' | 'table' | 'mapping'>,
  io: Io,
  redaction: Redaction,
): Promise<IngestSummary> {
  const { ingestFiles } = await import('../ingest/ingest-files.ts');
  const { storeKey } = await import('../ingest/store-key.ts');
  const { Lease } = await import('../store/lease.ts');
  const lease = await Lease.take(store, 'ingest files', io.self, io.now());
  io.isStoppable = true;
  const summary = await ingestFiles(store, paths, {
    key: storeKey(store.path, io.env['MCP_WITNESS_KEY']),
    apis,
    redaction,
    alongside: (connection) => lease.renew(connection, io.now()),
    ...(table === undefined ? {} : { table }),
    ...(mapping === undefined ? {} : { mapping }),
    signal: io.signal,
    onProgress: ({ file, fileNo, files, read }) =>
      io.progress(`ingest ${fileNo}/${files}  ${grouped(read)} records  ${file}`),
  }).finally(async () => {
    io.isStoppable = false;
    await lease.release();
  });
  io.err(`ingest: ${summary.files} files, ${tallyText(summary)}\n`);
  sayRedacted(summary, io);
  if (summary.ignored.length > 0) {
    io.err(
      `ingest: ${summary.ignored.length} other files were not read, such as ${summary.ignored[0]}\n`,
    );
  }
  saySetAside(summary, store, io);
  return summary;
}

/** Refuses a config without sources. */
export function ensureSources(config: Config): void {
  if (config.sources.length === 0) {
    throw new UserError(
      'config_invalid',
      config.file === undefined
        ? "There is no config here: no 'mcp-witness.yaml' in this folder, and no --config."
        : `${config.file} names no sources.`,
      "Name files under 'sources:' as examples/mcp-witness.yaml does, or use 'mcp-witness ingest files PATHS...'.",
    );
  }
}

/** How sources are read again and again. */
export interface Watching {
  /** Of files only those that are new or have changed. */
  readonly unread: UnreadFiles;
  /** How the next event hub is read on. */
  readonly readOn: () => ReadingOn;
  /** Reads one source; undefined where that failed and the next turn makes up for it. */
  readonly passing: <T>(read: () => Promise<T>) => Promise<T | undefined>;
}

/** Reads every source of the config to its end; on and on, where it is watched. */
export async function ingestSources(
  store: Store,
  config: Config,
  io: Io,
  watching?: Watching,
): Promise<IngestSummary> {
  const { addSummaries, NOTHING_READ } = await import('../ingest/ingest-files.ts');
  let total = NOTHING_READ;
  for (const [no, source] of config.sources.entries()) {
    const read = () => ingestSource(store, source, config.redaction, io, watching);
    const summary = watching === undefined ? await read() : await watching.passing(read);
    // A source that is away is no reason not to read the others.
    if (summary === undefined) continue;
    total = addSummaries(total, summary);
    if (!summary.wasInterrupted) continue;
    const isLast = no === config.sources.length - 1;
    return { ...total, hasRest: total.hasRest || !isLast };
  }
  return total;
}

async function ingestSource(
  store: Store,
  source: Source,
  redaction: Redaction,
  io: Io,
  watching: Watching | undefined,
): Promise<IngestSummary> {
  switch (source.kind) {
    case 'files':
      return ingestFileSource(store, source, redaction, io, watching?.unread);
    case 'event-hubs':
      return asFileSummary(await ingestHubInto(store, source, io, redaction, watching?.readOn()));
    case 'log-analytics':
      return asFileSummary(await ingestLogsInto(store, source, io, redaction));
  }
}

async function ingestFileSource(
  store: Store,
  source: FilesSource,
  redaction: Redaction,
  io: Io,
  unread: UnreadFiles | undefined,
): Promise<IngestSummary> {
  const { NOTHING_READ } = await import('../ingest/ingest-files.ts');
  const { asIngest } = await import('./telemetry/stages.ts');
  const read = async (wanted: readonly string[]): Promise<IngestSummary> =>
    wanted.length === 0 ? NOTHING_READ : ingestFilesInto(store, wanted, source, io, redaction);
  const { kind, name, paths } = source;
  return asIngest({ kind, name }, () =>
    unread === undefined ? read(paths) : unread.among(paths, read),
  );
}

function asFileSummary(summary: EventHubsSummary | LogAnalyticsSummary): IngestSummary {
  return { ...summary, files: 0, ignored: [], hasRest: summary.wasInterrupted };
}

/** Inventory and prices of the config; what the same files gave before is replaced. */
export async function loadUserFiles(store: Store, config: Config, io: Io): Promise<void> {
  await store.inDuckDb((near) => loadInto(near, config, io));
}

async function loadInto(store: Store, config: Config, io: Io): Promise<void> {
  const { withoutEmails } = await import('../ingest/pseudonym.ts');
  const { storeKey } = await import('../ingest/store-key.ts');
  const { loadInventory } = await import('../ingest/config/inventory.ts');
  const { loadPrices } = await import('../ingest/config/prices.ts');
  if (config.inventory.length > 0) {
    const key = storeKey(store.path, io.env['MCP_WITNESS_KEY']);
    await loadInventory(store, config.inventory, config.folder, (id) => withoutEmails(id, key));
  }
  await loadPrices(store, config.prices, config.folder);
}

/** What was looked at a second time, and what came of it; nothing to say of a first time. */
function lookedAgainText(summary: CorrelateSummary): string | undefined {
  const { isRebuild, newEvents, reopenedEvents, revisedCalls } = summary;
  if (isRebuild && revisedCalls === 0) return undefined;
  const revised = `${grouped(revisedCalls)} published calls revised`;
  return isRebuild
    ? `correlate: rebuilt, ${revised}\n`
    : `correlate: ${grouped(newEvents)} new events re-opened ${grouped(reopenedEvents)}, ${revised}\n`;
}

/** Makes tool calls of the events, and says how they were joined. */
export async function correlateInto(
  store: Store,
  { correlation }: Config,
  io: Io,
  rebuild: boolean,
): Promise<CorrelateSummary> {
  const { correlate } = await import('../correlate/correlate.ts');
  const { asCorrelation } = await import('./telemetry/stages.ts');
  const summary = await asCorrelation((onStep) =>
    correlate(store, {
      rebuild,
      skewMs: correlation.skewMs,
      sessionIdleMs: correlation.sessionIdleMs,
      onStep: (name, index, total) => {
        io.progress(`correlate ${index}/${total}  ${name}`);
        onStep(name);
      },
    }),
  );
  io.err(
    `correlate: ${grouped(summary.calls)} tool calls = ${grouped(summary.matched)} matched + ${grouped(summary.gatewayOnly)} gateway only + ${grouped(summary.serverOnly)} server only\n`,
  );
  const again = lookedAgainText(summary);
  if (again) io.err(again);
  return summary;
}
