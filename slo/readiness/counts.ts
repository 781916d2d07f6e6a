import type { TimeWindow } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';

/** What a criterion is about, each in exactly one place. */
export interface CriterionCount {
  readonly criterion: string;
  readonly population: number;
  readonly satisfied: number;
  readonly failing: number;
  readonly unobservable: number;
  readonly example: string | null;
  /** Of what is measured in time: weighted nearest ranks. */
  readonly p50Ms?: number | null;
  readonly p95Ms?: number | null;
  readonly p99Ms?: number | null;
}

interface OverheadRow {
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

interface CallOverheadRow extends OverheadRow {
  readonly is_total: boolean;
  readonly calls: number;
  readonly unmeasured_calls: number;
}

interface ChainOverheadRow extends OverheadRow {
  readonly chain_length: string;
  readonly chains: number;
  readonly unmeasured_chains: number;
}

/** Everything that criteria count over one window, by name; what was never seen is not there. */
export async function readinessCounts(
  store: Store,
  window: TimeWindow,
): Promise<ReadonlyMap<string, CriterionCount>> {
  const times = { from_at: window.from, to_at: window.to };
  const counts = [
    ...(await store.query<CriterionCount>('queries/sre/readiness_paths.sql', times)),
    ...(await store.query<CriterionCount>('queries/sre/readiness_writes.sql', times)),
  ];
  const byServer = await store.query<CallOverheadRow>(
    'queries/sre/gateway_overhead_by_server.sql',
    times,
  );
  const byChain = await store.query<ChainOverheadRow>(
    'queries/sre/gateway_overhead_by_chain.sql',
    times,
  );
  const all = byServer.find(({ is_total }) => is_total);
  const any = byChain.find(({ chain_length }) => chain_length === 'any');
  return new Map(
    [
      ...counts,
      ...(all ? [overhead('overhead_per_call', all.calls, all.unmeasured_calls, all)] : []),
      ...(any ? [overhead('overhead_per_chain', any.chains, any.unmeasured_chains, any)] : []),
    ].map((count) => [count.criterion, count]),
  );
}

function overhead(
  criterion: string,
  population: number,
  unobservable: number,
  { p50_ms, p95_ms, p99_ms }: OverheadRow,
): CriterionCount {
  return {
    criterion,
    population,
    satisfied: population - unobservable,
    failing: 0,
    unobservable,
    example: null,
    p50Ms: p50_ms,
    p95Ms: p95_ms,
    p99Ms: p99_ms,
  };
}
