import { UserError } from '../../core/errors.ts';
import type { AboutDatabase, AboutServer } from '../../store/clickhouse/about.ts';
import { grantsToWrite, inWords } from '../../store/clickhouse/grants.ts';
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
  const { server, database } = await patient.about().catch((error: unknown) => {
    throw isDenied(error) ? withGrants(error, target) : error;
  });
  const lacks = lacking(server, target);
  // Whoever may not ask is not told more.
  if (database instanceof Error) {
    if (server.missingToRead.length > 0) return lacks;
    throw database;
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

function isDenied(error: unknown): error is UserError {
  return error instanceof UserError && error.code === 'access_denied';
}

/** What could not even be asked for: then all of it is told. */
function withGrants(error: UserError, target: ServerTarget): UserError {
  if (/refuses the user/.test(error.message)) return error;
  return new UserError(
    error.code,
    error.message,
    grantsOf(grantsToWrite(target).map(inWords), target),
  );
}

const nameOf = ({ user = 'default' }: ServerTarget): string =>
  /^\w+$/.test(user) ? user : `\`${user.replaceAll('`', '\\`')}\``;

function grantsOf(grants: readonly string[], target: ServerTarget): string {
  const on = target.cluster === undefined ? '' : ` ON CLUSTER '${target.cluster}'`;
  return grants.map((grant) => `GRANT${on} ${grant} TO ${nameOf(target)};`).join('\n');
}

function lacking({ missingToRead, missingToWrite }: AboutServer, target: ServerTarget): Finding[] {
  const user = nameOf(target);
  const mend = grantsOf(missingToWrite, target);
  if (missingToRead.length > 0) {
    return [
      failed(`the user ${user} may not ask everything; it lacks ${missingToRead.join(', ')}`, {
        code: 'access_denied',
        mend,
      }),
    ];
  }
  if (missingToWrite.length === 0) return [];
  return [
    warning(`the user ${user} may ask, and not write; it lacks ${missingToWrite.join(', ')}`, {
      why: 'For who only asks that is enough',
      mend,
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
