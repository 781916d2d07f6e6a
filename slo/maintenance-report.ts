import type { TimeWindow } from '../core/window.ts';
import type { Objective } from './definition.ts';
import type { MaintenanceTime } from './judgement.ts';
import { occurrencesOf, united } from './maintenance.ts';
import { countedOccurrences, serversOf } from './maintenance-classes.ts';
import type { Compiling } from './objective-statement.ts';

/** Every planned downtime of the window, those that do not count included. */
export function maintenanceReport(
  { maintenance }: Objective,
  { from, to }: TimeWindow,
  { allowRetroactive = false }: Compiling,
): MaintenanceTime[] {
  return maintenance.flatMap((planned) =>
    occurrencesOf(planned, Date.parse(from), Date.parse(to)).map((each) => ({
      name: planned.name,
      reason: planned.reason,
      owner: planned.owner,
      ticket: planned.ticket,
      from: new Date(each.fromMs).toISOString(),
      to: new Date(each.toMs).toISOString(),
      isRetroactive: each.isRetroactive,
      isCounted: allowRetroactive || !each.isRetroactive,
    })),
  );
}

/** The times at which all of an objective is down: nothing is expected to be seen in them. */
export function spansOf(
  { maintenance, slo, service }: Objective,
  window: TimeWindow,
  options: Compiling,
): { fromMs: number; toMs: number }[] {
  const whole = maintenance.filter((each) => serversOf(each, slo, service) === null);
  return united(whole.flatMap((each) => countedOccurrences(each, window, options)));
}

/** Alerts wake nobody while a maintenance takes place. */
export function isMutedAt(objective: Objective, { to }: TimeWindow, options: Compiling): boolean {
  const last = Date.parse(to) - 1;
  const moment = { from: new Date(last).toISOString(), to };
  return spansOf(objective, moment, options).some(
    ({ fromMs, toMs }) => fromMs <= last && last < toMs,
  );
}
