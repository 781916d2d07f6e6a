import { consumed } from './budget.ts';
import type { Counts } from './count.ts';
import type { SloInput } from './definitions.ts';
import { durationMs, durationText } from './duration.ts';
import type { Forecast, NoForecast } from './forecast.ts';
import { definitionInvalid } from './place.ts';
import {
  compare,
  divide,
  fromDecimal,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  toNumber,
} from './rational.ts';

/** What is asked of a budget beside how fast it burns. */
export interface BudgetRules {
  /** Shares of the budget; used so far. */
  readonly consumed: readonly Rational[];
  /** The budget will be gone this soon. */
  readonly exhaustionMs: number | null;
  /** Shares of the whole budget that went within a lookback. */
  readonly drops: readonly { readonly share: Rational; readonly lookbackMs: number }[];
}

/** One of them as it stands; at its limit it fires. NULL values: nothing to tell by. */
export interface BudgetAlert {
  readonly kind: 'consumed' | 'exhaustion' | 'drop';
  /** As it was asked for: '75 %', 'in 24h', '10 % in 1h'. */
  readonly limit: string;
  readonly state: 'firing' | 'quiet' | 'unknown';
  /** A share of the budget; of an exhaustion milliseconds, NULL for never. */
  readonly value: number | null;
}

const PERCENT = rational(100n, 1n);
const DEFAULT_SHARES = '50%,75%,90%,100%';

/** Reads the annotations slo.mcp/budget-alerts, exhaustion-alert and budget-drop-alerts. */
export function budgetRulesOf({ annotation, document, windowMs }: SloInput): BudgetRules {
  const shares = annotation('budget-alerts') ?? DEFAULT_SHARES;
  const within = annotation('exhaustion-alert');
  const drops = (annotation('budget-drop-alerts') ?? '').split(',').filter(Boolean);
  return {
    consumed: shares === 'none' ? [] : shares.split(',').map(shareOf),
    exhaustionMs: within === undefined ? null : durationMs(within),
    drops: drops.map((text) => {
      const [share = '', lookback = ''] = text.trim().split(' in ');
      const lookbackMs = durationMs(lookback);
      if (lookbackMs <= windowMs) return { share: shareOf(share), lookbackMs };
      throw definitionInvalid(
        document.place,
        ['metadata', 'annotations', 'slo.mcp/budget-drop-alerts'],
        `the lookback ${lookback} is longer than the time window, whose budget it is.`,
        'Write a shorter one.',
      );
    }),
  };
}

function shareOf(text: string): Rational {
  return divide(fromDecimal(text.replace('%', '').trim()), PERCENT);
}

/** How each alert on the budget stands, in exact integers. */
export function budgetAlerts(
  { consumed: shares, exhaustionMs, drops }: BudgetRules,
  { good, bad, lookbacks }: Counts,
  target: Rational,
  forecast: Forecast | NoForecast,
): BudgetAlert[] {
  const used = consumed(good, bad, target);
  const allowed = multiply(subtract(ONE, target), rational(good.weight + bad.weight, 1n));
  return [
    ...shares.map((share) => alertOf('consumed', percentText(share), used, share)),
    ...(exhaustionMs === null ? [] : [exhaustionAlert(exhaustionMs, forecast)]),
    ...drops.map(({ share, lookbackMs }) => {
      const seen = lookbacks.find(({ ms }) => ms === lookbackMs);
      const isKnown = seen !== undefined && seen.good.rows + seen.bad.rows > 0n && allowed.num > 0n;
      const dropped = isKnown ? divide(rational(seen.bad.weight, 1n), allowed) : null;
      return alertOf(
        'drop',
        `${percentText(share)} in ${durationText(lookbackMs)}`,
        dropped,
        share,
      );
    }),
  ];
}

function alertOf(
  kind: BudgetAlert['kind'],
  limit: string,
  value: Rational | null,
  share: Rational,
): BudgetAlert {
  if (value === null) return { kind, limit, state: 'unknown', value: null };
  const state = compare(value, share) >= 0 ? 'firing' : 'quiet';
  return { kind, limit, state, value: toNumber(value) };
}

function exhaustionAlert(withinMs: number, forecast: Forecast | NoForecast): BudgetAlert {
  const alert = { kind: 'exhaustion', limit: `in ${durationText(withinMs)}` } as const;
  if ('withheld' in forecast) return { ...alert, state: 'unknown', value: null };
  const { exhaustedInMs: value } = forecast;
  return { ...alert, state: value !== null && value <= withinMs ? 'firing' : 'quiet', value };
}

export function percentText(share: Rational): string {
  return `${toNumber(multiply(share, PERCENT))} %`;
}
