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
export function grantsToRead({ database, cluster }: Place): readonly Grant[] {
  // Of a table that is read on all servers of a cluster the columns are looked up by the user too.
  const system = cluster === undefined ? [] : ['one', 'clusters', 'databases'];
  const overServers = cluster === undefined ? [] : ['REMOTE'];
  return [
    { privileges: ['SELECT'], on: `${database}.*` },
    { privileges: ['CREATE ARBITRARY TEMPORARY TABLE', ...overServers], on: '*.*' },
    ...['tables', 'settings', ...system].map(onSystem),
  ];
}

/** What a user needs beside that who writes. */
export function grantsToChange({ database, cluster }: Place): readonly Grant[] {
  const system = cluster === undefined ? ['parts'] : ['parts', 'mutations'];
  return [
    { privileges: CHANGES, on: `${database}.*` },
    ...(cluster === undefined ? [] : [{ privileges: ['CLUSTER'], on: '*.*' }]),
    ...system.map(onSystem),
  ];
}

/** Rows, and what they are in, which a newer version may change; who may make and drop tables may do the same to views. */
const CHANGES = ['INSERT', 'TRUNCATE', 'ALTER TABLE', 'CREATE TABLE', 'DROP TABLE'];

/** Both. */
export function grantsToWrite(place: Place): readonly Grant[] {
  const all = Map.groupBy([...grantsToRead(place), ...grantsToChange(place)], ({ on }) => on);
  return [...all].map(([on, grants]) => ({
    privileges: grants.flatMap(({ privileges }) => privileges),
    on,
  }));
}

const onSystem = (table: string): Grant => ({ privileges: ['SELECT'], on: `system.${table}` });

/** As GRANT takes it: 'SELECT ON witness.*'. */
export const inWords = ({ privileges, on }: Grant): string => `${privileges.join(', ')} ON ${on}`;

/** Of these, what the user has not been given, in words. */
export async function missingOf(
  connection: ClickHouseConnection,
  grants: readonly Grant[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { privileges, on } of grants) {
    const lacking: string[] = [];
    for (const privilege of privileges) {
      const asked = `check grant ${asChecked(connection.place, privilege, on)} on ${on}`;
      if ((await connection.ask(asked)) !== '1') lacking.push(privilege);
    }
    if (lacking.length > 0) missing.push(inWords({ privileges: lacking, on }));
  }
  return missing;
}

/** Most of `system` may be read by everybody, and what its columns are, over a cluster, only by who was given SELECT. */
function asChecked({ cluster }: Place, privilege: string, on: string): string {
  return cluster !== undefined && on.startsWith('system.') ? 'SHOW COLUMNS' : privilege;
}
