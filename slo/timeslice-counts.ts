import type { Store } from '../store/store.ts';
import type { Counts } from './count.ts';
import type { Objective } from './definition.ts';
import { durationText } from './duration.ts';
import type { Evidence, EvidenceReader } from './evidence.ts';
import type { TimesliceReport } from './judgement.ts';
import { spansOf } from './maintenance-report.ts';
import type { Compiling } from './objective-statement.ts';
import { toNumber } from './rational.ts';
import type { SliceCounts } from './slice-counts.ts';
import { countsOfSlices, type SliceState, slicesOf, wholeSlices } from './slices.ts';
import { findSource } from './sources.ts';

interface Timesliced {
  readonly counts: Counts;
  readonly evidence: Evidence;
  readonly report: TimesliceReport;
}

/** The slices of a promise about slices of time; NULL for one about rows. */
export async function countTimeslices(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  reader: EvidenceReader,
  options: Compiling,
): Promise<Timesliced | null> {
  const { timeslice } = objective;
  if (timeslice === null) return null;
  const { ms, target } = timeslice;
  const scanned = wholeSlices(counted.scanned, ms);
  const judged = wholeSlices(counted.window, ms);
  const source = findSource(objective.source);
  const alive = await reader.aliveSlices(source, scanned, ms);
  const down = spansOf(objective, counted.scanned, options);
  const slices = await slicesOf(
    store,
    { ...objective, timeslice },
    counted,
    (startMs) => alive.has(startMs),
    (startMs) => down.some(({ fromMs, toMs }) => fromMs <= startMs && startMs + ms <= toMs),
  );
  const evidence = await reader.read(source, judged, ms, objective.freshness, down);
  const since = Date.parse(judged.from);
  const count = (state: SliceState) =>
    slices.filter((each) => each.state === state && each.startMs >= since).length;
  // A slice that has rows was observed, whatever else was.
  const measuredSlices = evidence.expectedSlices - count('unmeasured');
  return {
    counts: countsOfSlices(slices, counted, ms),
    evidence: { ...evidence, measuredSlices, measuredMs: measuredSlices * ms },
    report: {
      slice: durationText(ms),
      targetRatio: toNumber(target),
      good: count('good'),
      bad: count('bad'),
      unclear: count('unclear'),
      noTraffic: count('no_traffic'),
      unmeasured: count('unmeasured'),
    },
  };
}
