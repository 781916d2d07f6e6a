import type { TimeWindow } from '../core/window.ts';
import type { RowClass } from './classes.ts';
import type { Objective } from './definition.ts';
import { type Maintenance, type Occurrence, occurrencesOf } from './maintenance.ts';
import type { Compiling } from './objective-statement.ts';
import { column, type Scope } from './predicate.ts';

/** A class for each planned downtime, whether or not it takes place in the window. */
export function maintenanceClasses(
  scope: Scope,
  objective: Objective,
  window: TimeWindow,
  options: Compiling = {},
): RowClass[] {
  return objective.maintenance.map((maintenance) => ({
    kind: 'excluded',
    id: maintenance.name,
    reason: maintenance.reason,
    owner: maintenance.owner,
    ticket: maintenance.ticket,
    test: testOf(scope, objective, maintenance, window, options),
  }));
}

/** The occurrences of a window that count. */
export function countedOccurrences(
  maintenance: Maintenance,
  { from, to }: TimeWindow,
  { allowRetroactive = false }: Compiling = {},
): Occurrence[] {
  return occurrencesOf(maintenance, Date.parse(from), Date.parse(to)).filter(
    ({ isRetroactive }) => allowRetroactive || !isRetroactive,
  );
}

function testOf(
  scope: Scope,
  { time: timeName, metricPath, slo, service }: Objective,
  maintenance: Maintenance,
  window: TimeWindow,
  options: Compiling,
): string {
  const time = column(scope, timeName, [...metricPath, 'time'], 'time');
  const at = (ms: number) => scope.binder.bind(new Date(ms).toISOString(), 'Timestamp');
  const times = countedOccurrences(maintenance, window, options).map(
    ({ fromMs, toMs }) => `${time} >= ${at(fromMs)} and ${time} < ${at(toMs)}`,
  );
  if (times.length === 0) return 'false';
  const inTime = `(${times.map((each) => `(${each})`).join(' or ')})`;
  const servers = serversOf(maintenance, slo, service);
  if (servers === null) return inTime;
  const names = servers.map((server) => scope.binder.bind(server, 'Varchar'));
  const server = column(scope, 'server_id', [...metricPath, 'source'], 'text');
  return `(${inTime} and coalesce(${server} in (${names.join(', ')}), false))`;
}

/** The servers that are down; NULL: all of them. */
export function serversOf(
  { appliesTo }: Maintenance,
  slo: string,
  service: string,
): string[] | null {
  const concerned = appliesTo.filter(
    (each) =>
      (each.slo === undefined || each.slo === slo) &&
      (each.service === undefined || each.service === service),
  );
  const servers = concerned.map(({ server_id }) => server_id);
  return servers.some((each) => each === undefined) ? null : servers.map((each) => each ?? '');
}
