import { inSpan, measure, spanParts } from '../../core/own-telemetry.ts';
import type { CorrelateSummary } from '../../correlate/correlate.ts';
import type { EventHubsSource, Source } from '../../ingest/config/config.ts';
import type {
  EventHubsSummary,
  PartitionProgress,
  StreamProgress,
} from '../../ingest/ingest-event-hubs.ts';
import type { Tally } from '../../ingest/tally.ts';
import type { Judgement } from '../../slo/judgement.ts';
import type { VerdictState } from '../../slo/states.ts';

interface Ingested extends Tally {
  readonly wasInterrupted: boolean;
  readonly gaps?: number;
}

/** Tells of one source what was read of it. */
export function asIngest<T extends Ingested>(
  { kind, name }: { readonly kind: Source['kind']; readonly name?: string },
  ingest: () => Promise<T>,
): Promise<T> {
  return inSpan('ingest', { sourceKind: kind, sourceName: name }, async (note) => {
    const summary = await ingest();
    const { received, stored, duplicate, rejected, excluded, gaps, wasInterrupted } = summary;
    const interrupted = wasInterrupted || undefined;
    note({ received, stored, duplicate, rejected, excluded, gaps, interrupted });
    return summary;
  });
}

type OnProgress = (progress: StreamProgress) => void;

/** Tells of an event hub how far each partition is behind, and what is missing, while it is read. */
export function asHubIngest(
  { kind, name }: EventHubsSource,
  ingest: (onProgress: OnProgress) => Promise<EventHubsSummary>,
): Promise<EventHubsSummary> {
  const told = new Map<string, PartitionProgress>();
  let toldGaps = 0;
  const tell = ({ partitions, gaps }: Pick<StreamProgress, 'partitions' | 'gaps'>): void => {
    measure('gaps', gaps - toldGaps);
    toldGaps = gaps;
    for (const progress of partitions) {
      const { partition, events, redelivered, lag } = progress;
      const before = told.get(partition);
      measure('events', events - (before?.events ?? 0), { partition, delivery: 'first' });
      measure('events', redelivered - (before?.redelivered ?? 0), { partition, delivery: 'again' });
      measure('lag', lag, { partition });
      told.set(partition, progress);
    }
  };
  const onProgress: OnProgress = (progress) => {
    tell(progress);
    // It may be read on for days, and never to its end.
    if (progress.state !== 'behind') measure('age', 0);
  };
  return asIngest({ kind, name }, async () => {
    const summary = await ingest(onProgress);
    tell(summary);
    return summary;
  });
}

/** Tells of a correlation what its steps took, and what came of it. */
export function asCorrelation(
  correlate: (onStep: (step: string) => void) => Promise<CorrelateSummary>,
): Promise<CorrelateSummary> {
  return inSpan('correlate', {}, async (note) => {
    const steps = spanParts('step');
    const summary = await correlate((step) => steps.next({ step })).finally(() => steps.end());
    const { calls, matched, gatewayOnly, serverOnly } = summary;
    const { newEvents, reopenedEvents, revisedCalls, isRebuild } = summary;
    measure('calls', matched, { match: 'matched' });
    measure('calls', gatewayOnly, { match: 'gateway_only' });
    measure('calls', serverOnly, { match: 'server_only' });
    measure('revisedCalls', revisedCalls);
    measure('reopenedEvents', reopenedEvents);
    note({ calls, newEvents, reopenedEvents, revisedCalls, isRebuild });
    return summary;
  });
}

/** A state that no verdict has any more is told as well. */
const NO_VERDICTS: Readonly<Record<VerdictState, number>> = {
  met: 0,
  at_risk: 0,
  breached: 0,
  insufficient_data: 0,
  not_provable: 0,
};

/** Tells how many verdicts there are of each state. */
export function asJudging(judge: () => Promise<Judgement[]>): Promise<Judgement[]> {
  return inSpan('judge', {}, async (note) => {
    const judgements = await judge();
    for (const verdict of Object.keys(NO_VERDICTS)) {
      measure('verdicts', judgements.filter(({ state }) => state === verdict).length, { verdict });
    }
    note({ verdicts: judgements.length });
    return judgements;
  });
}
