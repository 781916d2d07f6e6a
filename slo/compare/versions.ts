import type { Store } from '../../store/store.ts';
import { Binder } from '../binder.ts';
import { describe } from '../columns.ts';
import type { Objective, Predicate, SloDefinitions } from '../definition.ts';
import { findSource, initialsOf } from '../sources.ts';
import { compareJudged, measuredValue, unversionedIn, whyNot } from './comparison.ts';
import { judgedSide } from './judged-sides.ts';
import type { Compared } from './windows.ts';

/** Two versions of one server. */
export interface VersionPair {
  readonly server: string;
  readonly baseline: string;
  readonly candidate: string;
}

export interface VersionChoice {
  readonly server?: string;
  readonly baseline?: string;
  readonly candidate?: string;
}

interface VersionRow {
  readonly server_id: string;
  readonly server_version: string;
}

/** The two versions to compare of each server: those that are named, else the last two to come. */
export async function versionPairs(
  store: Store,
  window: { readonly from: string; readonly to: string },
  { server, baseline, candidate }: VersionChoice,
): Promise<VersionPair[]> {
  const rows = await store.query<VersionRow>('queries/sre/server_versions.sql', {
    from_at: window.from,
    to_at: window.to,
  });
  const servers = Map.groupBy(rows, ({ server_id }) => server_id);
  return [...servers].flatMap(([name, own]) => {
    if (server !== undefined && name !== server) return [];
    const versions = own.map(({ server_version }) => server_version);
    const newest = candidate ?? versions.filter((each) => each !== baseline)[0];
    const older = baseline ?? versions.filter((each) => each !== newest)[0];
    const isThere = [newest, older].every((each) => each !== undefined && versions.includes(each));
    if (newest === undefined || older === undefined || !isThere) return [];
    return [{ server: name, baseline: older, candidate: newest }];
  });
}

/** Each objective over the calls of the one version against those of the other, in one window. */
export async function compareVersions(
  store: Store,
  { definitions }: SloDefinitions,
  at: Date,
  pairs: readonly VersionPair[],
  mix: string | null = null,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const pair of pairs) {
    for (const definition of definitions) {
      if (definition.kind !== 'objective') continue;
      const found = await comparePair(store, definition, at, pair, mix);
      if (found) compared.push(found);
    }
  }
  return compared;
}

async function comparePair(
  store: Store,
  objective: Objective,
  at: Date,
  { server, baseline, candidate }: VersionPair,
  mix: string | null,
): Promise<Compared | undefined> {
  if (!(await hasVersions(store, objective, at))) {
    const side = await judgedSide(store, objective, at, 'all versions');
    const comparison = compareJudged(side, side, server, 'column_missing');
    return { comparison, valuesBefore: [] };
  }
  const of = (version: string) =>
    judgedSide(store, scopedTo(objective, server, isVersion(version)), at, version, mix);
  const [current, previous] = [await of(candidate), await of(baseline)];
  // An objective on reads says nothing of a server that only writes.
  if (current.judgement.inScope.rows === 0 && previous.judgement.inScope.rows === 0) return;
  const rest = scopedTo(objective, server, { field: 'server_version', op: 'is-null' });
  const { judgement: unversioned } = await judgedSide(store, rest, at, 'no version');
  const comparison = {
    ...compareJudged(current, previous, server),
    unversioned: unversionedIn({ current, previous }, unversioned),
  };
  const value = measuredValue(previous.judgement);
  const isFirm = previous.judgement.dataState === 'ok' && whyNot(current, previous) === null;
  return { comparison, valuesBefore: isFirm && value !== null ? [value] : [] };
}

function isVersion(version: string): Predicate {
  return { field: 'server_version', op: 'eq', value: version };
}

async function hasVersions(store: Store, { source }: Objective, at: Date): Promise<boolean> {
  const found = findSource(source);
  const to = at.toISOString();
  const binder = new Binder({ ...initialsOf(found), from_at: to, to_at: to });
  const columns = await describe(store, found, binder);
  return columns.has('server_version') && columns.has('server_id');
}

/** The objective over the rows of one version of one server. */
function scopedTo(objective: Objective, server: string, version: Predicate): Objective {
  const { scope, metricPath } = objective;
  const own = [{ field: 'server_id', op: 'eq', value: server }, version];
  return {
    ...objective,
    scope: {
      when: [...(scope?.when ?? []), ...own],
      path: scope?.path ?? [...metricPath, 'where'],
    },
  };
}
