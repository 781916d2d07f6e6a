import { UserError } from '../../core/errors.ts';
import type { AboutDatabase, AboutServer } from '../../store/clickhouse/about.ts';
import type { ServerTarget } from '../../store/engines.ts';
import { type Finding, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { bytesText, counted } from '../words.ts';
import { lacking, withGrants } from './grants.ts';
import { whyNot } from './why-not.ts';

/** From 1,000 on ClickHouse slows inserts into a partition (`parts_to_delay_insert`), from 3,000 on it refuses them. */
const MANY_PARTS = 500;

/** The database on a server of ClickHouse. UserError: why the server cannot be asked. */
export async function lookAtServer(
  patient: Patient,
  target: ServerTarget,
): Promise<readonly Finding[]> {
  const { server, database } = await patient.about().catch((error: unknown) => {
    throw withGrants(error, target);
  });
  const lacks = lacking(server, target);
  if (database instanceof UserError) {
    // Whoever may not ask is not told more.
    if (server.missingToRead.length > 0) return lacks;
    return [...lacks, await whyNot(withGrants(database, target) as UserError, target, patient)];
  }
  const troubles = [...lacks, ...crowded(target, database)];
  return troubles.length > 0 ? troubles : [ok(told(target, server, database))];
}

function told(
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

function crowded(target: ServerTarget, { mostParts }: AboutDatabase): Finding[] {
  if (mostParts === undefined || mostParts.parts < MANY_PARTS) return [];
  const { table, partition, parts } = mostParts;
  const on = target.cluster === undefined ? '' : ` ON CLUSTER '${target.cluster}'`;
  return [
    warning(`${counted(parts, 'part')} of ${table} (partition ${partition}) are not merged`, {
      why: 'From 1,000 on inserts are slowed, from 3,000 on they are refused',
      mend: `OPTIMIZE TABLE ${target.database}.${table}${on} PARTITION ID '${partition}';   -- and look at system.merges, and at the disks`,
    }),
  ];
}
