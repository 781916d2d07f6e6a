import { posix } from 'node:path';
import type { Assessment } from './assess.ts';
import type { Control } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { isCovered, removedIn } from './objective-verdict.ts';
import type { DataState, Verdict } from './states.ts';

export type Asked = Pick<Control, 'onNoExposure' | 'minCoverage'>;

/** Why a zero cannot be claimed, in the order in which a reader should look into it. */
export function doubtsOf(
  { population, unobservable, unobservableBy, sampledRows }: Assessment,
  evidence: Evidence,
  { onNoExposure, minCoverage }: Asked,
): string[] {
  const doubts: string[] = [];
  if (evidence.rows === 0 && population === 0) {
    return ['No telemetry of any kind was received in the window.'];
  }
  if (evidence.stale !== null) doubts.push(`The newest row of ${evidence.stale} is too old.`);
  if (population === 0 && onNoExposure === 'inconclusive') {
    doubts.push('Nothing that the control is about was seen.');
  }
  if (unobservable > 0) {
    const rules = unobservableBy.filter(({ subjects }) => subjects > 0);
    const list = rules.map(({ id, subjects }) => `${id} ${subjects}`).join(', ');
    doubts.push(`${unobservable} of ${population} could not be observed: ${list}.`);
  }
  if (sampledRows > 0 || evidence.sampledRows > 0 || evidence.sampledGateways.length > 0) {
    doubts.push('The evidence is sampled, and a zero cannot be proven from a sample.');
  }
  if (evidence.unreadGateways.length > 0) {
    const names = evidence.unreadGateways.map((id) => posix.basename(id)).join(', ');
    doubts.push(
      `The diagnostic settings of ${names} were never read, so that ${evidence.unreadGateways.length === 1 ? 'its log' : 'their logs'} may be sampled.`,
    );
  }
  if (evidence.losses.length > 0) {
    const lost = evidence.losses.map(
      ({ sourceTable, rejected, truncated }) =>
        `${sourceTable === '' ? 'records not recognised' : sourceTable} ${rejected + truncated}`,
    );
    doubts.push(`Records were rejected or truncated: ${lost.join(', ')}.`);
  }
  if (evidence.unreadable.length > 0) {
    const values = evidence.unreadable.map(
      ({ sourceTable, column, values: count }) => `${column} of ${sourceTable} ${count}`,
    );
    doubts.push(`Values could not be read: ${values.join(', ')}.`);
  }
  const removed = removedIn(evidence);
  if (removed !== null) doubts.push(removed);
  const gaps = evidence.gaps.filter(({ cause }) => cause !== 'removed');
  if (gaps.length > 0) {
    const missing = gaps.map(
      ({ source, cause, missing: count }) => `${source} ${count ?? 'unknown'} (${cause})`,
    );
    doubts.push(`Events are missing from a stream: ${missing.join(', ')}.`);
  }
  if (evidence.datedAhead.length > 0) {
    const ahead = evidence.datedAhead.map(
      ({ sourceTable, records }) => `${sourceTable} ${records}`,
    );
    doubts.push(`Records are dated ahead of now, and may be of the window: ${ahead.join(', ')}.`);
  }
  if (!isCovered(evidence, minCoverage)) {
    doubts.push(
      `Telemetry was seen in only ${evidence.measuredSlices} of ${evidence.expectedSlices} slices of the window.`,
    );
  }
  return doubts;
}

/** What somebody has agreed to, and whether that is asked to count. */
export interface Agreed {
  readonly waived: number;
  readonly honorsWaivers: boolean;
}

/**
 * One proven violation is a breach whatever the data; a zero holds only where everything was seen.
 * A waived one is a violation too, unless waivers are asked to count.
 */
export function judgeControl(
  assessment: Assessment,
  evidence: Evidence,
  asked: Asked,
  { waived, honorsWaivers }: Agreed = { waived: 0, honorsWaivers: false },
): Verdict & { readonly doubts: readonly string[] } {
  const { violating, population } = assessment;
  const doubts = doubtsOf(assessment, evidence, asked);
  const violate = `${violating} of ${population} violate`;
  if (violating > (honorsWaivers ? waived : 0)) {
    const ofThem = waived === 0 ? '' : `, of which ${waived} waived`;
    return { state: 'breached', reason: `${violate}${ofThem}.`, doubts };
  }
  const seen = waived === 0 ? 'None was seen' : `${violate}, all of them waived`;
  if (doubts.length > 0) {
    return { state: 'not_provable', reason: `${seen}, but: ${doubts.join(' ')}`, doubts };
  }
  if (waived > 0) return { state: 'met', reason: `${seen}; all were observed.`, doubts };
  const reason =
    population === 0
      ? 'Nothing that could violate was seen, in complete telemetry.'
      : `None of ${population} violates, and all were observed.`;
  return { state: 'met', reason, doubts };
}

export function controlDataState(
  { population }: Assessment,
  evidence: Evidence,
  { minCoverage }: Asked,
): DataState {
  if (evidence.rows === 0 && population === 0) return 'no_telemetry';
  if (evidence.stale !== null) return 'stale';
  if (population === 0) return 'no_traffic';
  return isCovered(evidence, minCoverage) ? 'ok' : 'partial';
}
