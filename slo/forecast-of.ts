import type { Store } from '../store/store.ts';
import type { Counts } from './count.ts';
import type { Objective } from './definition.ts';
import { durationText } from './duration.ts';
import {
  FORECAST_LOOKBACK_MS,
  type Forecast,
  foretell,
  type NoForecast,
  stepsOf,
} from './forecast.ts';
import type { SliceCounts } from './slice-counts.ts';
import type { DataState } from './states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The forecast, or why there is none: a guess from too little is worse than none. */
export async function forecastOf(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  counts: Counts,
  dataState: DataState,
): Promise<Forecast | NoForecast> {
  const { window } = counted;
  const spanMs = Date.parse(window.to) - Date.parse(window.from);
  const lookbackMs = FORECAST_LOOKBACK_MS;
  const lookback = durationText(lookbackMs);
  const withheld = whyNot(objective, counts, dataState, spanMs, lookbackMs);
  if (withheld !== null) return { lookback, withheld };
  const stepMs = spanMs >= 7 * DAY_MS ? HOUR_MS : 5 * MINUTE_MS;
  const steps = await stepsOf(store, objective, counted, stepMs);
  const resetInMs =
    window.period === null ? null : Date.parse(window.period.to) - Date.parse(window.to);
  const { target, windowMs } = objective;
  return (
    foretell(steps, { target, windowMs, stepMs, lookbackMs, resetInMs }) ?? {
      lookback,
      withheld: `nothing was measured in the last ${lookback}`,
    }
  );
}

function whyNot(
  { timeslice, minEvents }: Objective,
  { lookbacks }: Counts,
  dataState: DataState,
  spanMs: number,
  lookbackMs: number,
): string | null {
  if (timeslice !== null) return 'the promise is about slices of time, not about rows';
  if (dataState !== 'ok') return `the data is ${dataState.replaceAll('_', ' ')}`;
  if (spanMs < lookbackMs) return 'the window is shorter than the lookback';
  const recent = lookbacks.find(({ ms }) => ms === lookbackMs);
  const rows = (recent?.good.rows ?? 0n) + (recent?.bad.rows ?? 0n);
  if (rows * 20n >= minEvents) return null;
  return `only ${rows} rows were measured in the last ${durationText(lookbackMs)}`;
}
