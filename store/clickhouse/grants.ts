import type { ClickHouseConnection } from './connection.ts';
import type { Place } from './failures.ts';

/** What a user is given, on what. */
export interface Grant {
  readonly privileges: readonly string[];
  readonly on: string;
}

/**
 * What a user needs who only asks. A part of a question that is read more than once becomes a temporary table, with the
 * engine MergeTree: that takes CREATE ARBITRARY TEMPORARY TABLE, for CREATE TEMPORARY TABLE is of the engine Memory alone.
 */
export function grantsToRead(place: Place): readonly Grant[] {
  // Of a table that is read on all servers of a cluster the columns are looked up by the user too.
  const system = place.cluster === undefined ? [] : ['one', 'clusters', 'databases'];
  return [
    { privileges: ['SELECT'], on: `${place.database}.*` },
    { privileges: ['CREATE ARBITRARY TEMPORARY TABLE', ...overServers(place)], on: '*.*' },
    ...['tables', 'settings', ...system].map(onSystem),
  ];
}

/** What a user needs who writes. */
export function grantsToWrite(place: Place): readonly Grant[] {
  const [rows, ...rest] = grantsToRead(place);
  const system = place.cluster === undefined ? ['parts'] : ['parts', 'mutations'];
  return [
    { privileges: [...(rows?.privileges ?? []), ...CHANGES], on: `${place.database}.*` },
    ...rest.map(({ privileges, on }) => ({
      privileges:
        on === '*.*' && place.cluster !== undefined ? [...privileges, 'CLUSTER'] : privileges,
      on,
    })),
    ...system.map(onSystem),
  ];
}

/** Rows, and what they are in, which a newer version may change; who may make and drop tables may do the same to views. */
const CHANGES = ['INSERT', 'TRUNCATE', 'ALTER TABLE', 'CREATE TABLE', 'DROP TABLE'];

const overServers = ({ cluster }: Place): string[] => (cluster === undefined ? [] : ['REMOTE']);

const onSystem = (table: string): Grant => ({ privileges: ['SELECT'], on: `system.${table}` });

/** As GRANT takes it: 'SELECT ON witness.*'. */
export const inWords = ({ privileges, on }: Grant): string => `${privileges.join(', ')} ON ${on}`;

/** Of these, what the user has not been given. */
export async function missingOf(
  connection: ClickHouseConnection,
  grants: readonly Grant[],
): Promise<readonly Grant[]> {
  const missing: Grant[] = [];
  for (const { privileges, on } of grants) {
    const lacking: string[] = [];
    for (const privilege of privileges) {
      const asked = `check grant ${asChecked(connection.place, privilege, on)} on ${on}`;
      if ((await connection.ask(asked)) !== '1') lacking.push(privilege);
    }
    if (lacking.length > 0) missing.push({ privileges: lacking, on });
  }
  return missing;
}

/** Most of `system` may be read by everybody, and what its columns are, over a cluster, only by who was given SELECT. */
function asChecked({ cluster }: Place, privilege: string, on: string): string {
  return cluster !== undefined && on.startsWith('system.') ? 'SHOW COLUMNS' : privilege;
}

/** Those of them that `grants` has, or has not. */
export function split(
  missing: readonly Grant[],
  grants: readonly Grant[],
): { readonly has: readonly Grant[]; readonly hasNot: readonly Grant[] } {
  const known = new Set(
    grants.flatMap(({ privileges, on }) => privileges.map((each) => `${each} ${on}`)),
  );
  const which = (isKnown: boolean): Grant[] =>
    missing
      .map(({ privileges, on }) => ({
        privileges: privileges.filter((each) => known.has(`${each} ${on}`) === isKnown),
        on,
      }))
      .filter(({ privileges }) => privileges.length > 0);
  return { has: which(true), hasNot: which(false) };
}
