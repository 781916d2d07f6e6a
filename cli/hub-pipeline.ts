import { UserError } from '../core/errors.ts';
import { grouped } from '../core/grouped.ts';
import type { Config, EventHubsSource } from '../ingest/config/config.ts';
import type {
  EventHubsSummary,
  OtherPartition,
  PartitionProgress,
  StreamProgress,
} from '../ingest/ingest-event-hubs.ts';
import type { Redaction } from '../ingest/redaction.ts';
import type { Tally } from '../ingest/tally.ts';
import type { Store } from '../store/store.ts';
import { commandLine, placeOf } from './command-line.ts';
import type { Io } from './io.ts';
import { redactedText } from './redaction.ts';

/** What became of the records, as a sum. */
export function tallyText({ received, stored, duplicate, rejected, excluded }: Tally): string {
  const of = (count: number, word: string) => `${grouped(count)} ${word}`;
  return `${of(received, 'records received')} = ${of(stored, 'stored')} + ${of(duplicate, 'duplicate')} + ${of(rejected, 'rejected')} + ${of(excluded, 'excluded')}`;
}

/** Says what was taken out of what was stored, where there was anything. */
export function sayRedacted({ redacted }: Tally, io: Io): void {
  const text = redactedText(redacted);
  if (text !== undefined) io.err(`ingest: ${text}\n`);
}

/** Says where to look for what could not be used, where there was anything. */
export function saySetAside({ rejected, unreadable, expired }: Tally, store: Store, io: Io): void {
  const where = (part: string) => commandLine(io, `coverage --of ${part}`, placeOf(store));
  if (expired > 0) {
    io.err(
      `ingest: ${grouped(expired)} of the excluded are older than what is kept: ${commandLine(io, 'query sre/retention_runs', placeOf(store))}\n`,
    );
  }
  if (rejected > 0) io.err(`ingest: what was rejected, and why: ${where('rejects')}\n`);
  if (unreadable > 0) {
    const values = unreadable === 1 ? '1 value' : `${grouped(unreadable)} values`;
    const what = `${values} of stored records could not be read and left out`;
    io.err(`ingest: ${what}: ${where('unreadable')}\n`);
  }
}

/** The event hubs of the config, or the one that is named. */
export function hubsOf(config: Config, name: string | undefined): EventHubsSource[] {
  const hubs = config.sources.filter((source) => source.kind === 'event-hubs');
  const wanted = name === undefined ? hubs : hubs.filter((hub) => hub.name === name);
  if (wanted.length > 0) return wanted;
  const file = config.file ?? 'The default config';
  throw new UserError(
    'config_invalid',
    name === undefined
      ? `${file} names no source of the kind 'event-hubs'.`
      : `${file} names no event hub '${name}'.`,
    hubs.length > 0
      ? `Use one of: ${hubs.map((hub) => hub.name).join(', ')}.`
      : "Add one under 'sources:', such as { name: stream, kind: event-hubs, namespace: contoso.servicebus.windows.net, hub: apim-logs, consumer_group: mcp-witness }.",
  );
}

/** How an event hub is read on when its end is reached. */
export interface ReadingOn {
  readonly goesOn: () => boolean;
  /** Whether it is left before its end, because another source waits. */
  readonly isLeft: () => boolean;
  /** Whether it is read on after a moment. */
  readonly comesBack: boolean;
  /** Something was committed. */
  readonly onCommitted: () => void;
  /** Says at once what cannot wait until the hub is left. */
  readonly warn: (text: string) => void;
}

/** Reads an event hub into the store, to its end or on, and says what became of its events. */
export async function ingestHubInto(
  store: Store,
  source: EventHubsSource,
  io: Io,
  redaction: Redaction,
  readingOn?: ReadingOn,
): Promise<EventHubsSummary> {
  const { ingestEventHub } = await import('../ingest/ingest-event-hubs.ts');
  const { storeKey } = await import('../ingest/store-key.ts');
  const { asHubIngest } = await import('./telemetry/stages.ts');
  let saidGaps = 0;
  const sayGaps = (gaps: number, say: (text: string) => void): void => {
    if (gaps > saidGaps) say(gapsText(gaps - saidGaps, store, io));
    saidGaps = gaps;
  };
  let isWaitingSaid = false;
  const sayWaiting = ({ others }: StreamProgress): void => {
    if (isWaitingSaid) return;
    isWaitingSaid = true;
    io.err('ingest: waits until the other partitions are read to where they ended\n');
    for (const other of others) io.err(`ingest: ${otherText(other)}\n`);
  };
  io.isStoppable = true;
  const summary = await asHubIngest(source, (onProgress) =>
    ingestEventHub(store, source, {
      key: storeKey(store.path, io.env['MCP_WITNESS_KEY']),
      redaction,
      env: io.env,
      now: io.now,
      claimant: io.self,
      signal: io.signal,
      ...(readingOn && {
        goesOn: readingOn.goesOn,
        isLeft: readingOn.isLeft,
        comesBack: readingOn.comesBack,
      }),
      onProgress: (progress) => {
        if (progress.state === 'committed') readingOn?.onCommitted();
        if (progress.state !== 'idle') io.progress(progressText(source.name, progress));
        if (progress.state === 'waiting') sayWaiting(progress);
        if (readingOn) sayGaps(progress.gaps, readingOn.warn);
        onProgress(progress);
      },
    }),
  ).finally(() => {
    io.isStoppable = false;
  });
  for (const partition of summary.partitions) io.err(`ingest: ${partitionText(partition)}\n`);
  for (const other of summary.others) io.err(`ingest: ${otherText(other)}\n`);
  if (summary.partitions.length === 0 && summary.others.length > 0) {
    io.err(`ingest: ${source.name}, no partition was read by this process\n`);
  }
  io.err(`ingest: ${source.name}, ${tallyText(summary)}\n`);
  sayRedacted(summary, io);
  sayGaps(summary.gaps, (text) => io.err(text));
  saySetAside(summary, store, io);
  return summary;
}

function gapsText(gaps: number, store: Store, io: Io): string {
  const why = commandLine(io, 'coverage --of gaps', placeOf(store));
  return `ingest: ${gaps} gaps in the stream, no zero can be proven across them: ${why}\n`;
}

function progressText(
  name: string,
  { eventsPerSecond, partitions, others }: StreamProgress,
): string {
  const sum = (of: (each: PartitionProgress) => number): string =>
    grouped(partitions.reduce((total, each) => total + of(each), 0));
  const parts = partitions.map(({ partition, lag }) => `${partition}:${grouped(lag)}`);
  const elsewhere = others.length === 0 ? '' : `  others ${othersText(others)}`;
  return `ingest ${name}  ${sum((each) => each.events)} events  ${grouped(Math.round(eventsPerSecond))}/s  lag ${sum((each) => each.lag)} (${parts.join(' ')})  again ${sum((each) => each.redelivered)}  rejected ${sum((each) => each.rejected)}${elsewhere}`;
}

function othersText(others: readonly OtherPartition[]): string {
  const unread = others.filter(({ reader }) => reader === undefined);
  return unread.length === 0
    ? `${others.length}`
    : `${others.length} (nobody reads ${unread.map(({ partition }) => partition).join(' ')})`;
}

function partitionText(progress: PartitionProgress): string {
  const { partition, events, redelivered, rejected, lag, sequenceNumber } = progress;
  const place = placeText(sequenceNumber);
  return `partition ${partition}: ${grouped(events)} events, ${place}, lag ${grouped(lag)}, ${grouped(redelivered)} came again, ${grouped(rejected)} rejected`;
}

/** A partition that another process reads, or nobody does. */
export function otherText({ partition, reader, lag, sequenceNumber }: OtherPartition): string {
  const who =
    reader === undefined ? 'nobody reads it' : `process ${reader.pid} on ${reader.host} reads it`;
  return `partition ${partition}: ${who}, ${placeText(sequenceNumber)}, lag ${grouped(lag)}`;
}

function placeText(sequenceNumber: number | null): string {
  return sequenceNumber === null ? 'nothing yet' : `up to ${grouped(sequenceNumber)}`;
}
