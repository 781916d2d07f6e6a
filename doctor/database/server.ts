import type { AboutDatabase, AboutServer } from '../../store/clickhouse/about.ts';
import type { ServerTarget } from '../../store/engines.ts';
import { type Finding, failed, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { bytesText, counted } from '../words.ts';

/** From 1,000 on ClickHouse slows inserts into a partition (`parts_to_delay_insert`), from 3,000 on it refuses them. */
const MANY_PARTS = 500;

/** The database on a server of ClickHouse. UserError: why it cannot be asked. */
export async function lookAtServer(
  patient: Patient,
  target: ServerTarget,
): Promise<readonly Finding[]> {
  const { server, database } = await patient.about();
  const lacks = lacking(server, target);
  // Whoever may not ask is not told more.
  if (database instanceof Error) {
    if (server.missingToRead.length > 0) return lacks;
    throw database;
  }
  const troubles = [...lacks, ...crowded(target, database)];
  return troubles.length > 0 ? troubles : [ok(inWords(target, server, database))];
}

function inWords(
  { url, database, cluster }: ServerTarget,
  { version }: AboutServer,
  { bytes, schema }: AboutDatabase,
): string {
  const place = cluster === undefined ? url : `${url}, over the cluster '${cluster}'`;
  const size = bytes === undefined ? [] : [bytesText(bytes)];
  return [`'${database}' on ${place}`, `ClickHouse ${version}`, ...size, `schema ${schema}`].join(
    ', ',
  );
}

function lacking(
  { missingToRead, missingToWrite }: AboutServer,
  { user = 'default', cluster }: ServerTarget,
): Finding[] {
  const on = cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`;
  const to = /^\w+$/.test(user) ? user : `\`${user.replaceAll('`', '\\`')}\``;
  const grants = (missing: readonly string[]): string =>
    missing.map((each) => `GRANT${on} ${each} TO ${to};`).join('\n');
  if (missingToRead.length > 0) {
    return [
      failed(`the user ${to} may not ask everything; it lacks ${missingToRead.join(', ')}`, {
        code: 'access_denied',
        mend: grants(missingToWrite),
      }),
    ];
  }
  if (missingToWrite.length === 0) return [];
  return [
    warning(`the user ${to} may ask, and not write; it lacks ${missingToWrite.join(', ')}`, {
      why: 'For who only asks that is enough',
      mend: grants(missingToWrite),
    }),
  ];
}

function crowded(target: ServerTarget, { mostParts }: AboutDatabase): Finding[] {
  if (mostParts === undefined || mostParts.parts < MANY_PARTS) return [];
  const { table, partition, parts } = mostParts;
  return [
    warning(`${counted(parts, 'part')} of ${table} (partition ${partition}) are not merged`, {
      why: 'From 1,000 on inserts are slowed, from 3,000 on they are refused',
      mend: `OPTIMIZE TABLE ${target.database}.${table} PARTITION ID '${partition}';   -- and look at system.merges, and at the disks of the server`,
    }),
  ];
}
