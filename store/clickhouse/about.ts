import { UserError } from '../../core/errors.ts';
import type { ClickHouseConnection } from './connection.ts';
import { grantsToChange, grantsToRead, missingOf } from './grants.ts';
import { ensureReadable, newest } from './schema.ts';
import { everywhere } from './spread.ts';
import { type Worker, workersIn } from './workers.ts';

/** A server, to who asks it. */
export interface AboutServer {
  readonly version: string;
  /** What this user has not been given of what questions need, each as GRANT takes it: 'SELECT ON witness.*'. */
  readonly missingToRead: readonly string[];
  /** The same of what commands need beside that which write. */
  readonly missingToWrite: readonly string[];
}

/** The partition of a table in which most parts wait to be merged. */
export interface Parts {
  readonly table: string;
  /** As system.parts has it in `partition_id`. */
  readonly partition: string;
  readonly parts: number;
}

/** A database of this program's, as its server tells of it. */
export interface AboutDatabase {
  readonly schema: number;
  /** Undefined: the user may not see it; so of `mostParts`. */
  readonly bytes: number | undefined;
  readonly mostParts: Parts | undefined;
  readonly workers: readonly Worker[];
  /** Commits that were made, and whose rows are not in their places yet. */
  readonly commits: number;
}

export async function aboutServer(connection: ClickHouseConnection): Promise<AboutServer> {
  const { place } = connection;
  const { rows } = await connection.select('select version() as version');
  return {
    version: String(rows[0]?.['version']),
    missingToRead: await missingOf(connection, grantsToRead(place)),
    missingToWrite: await missingOf(connection, grantsToChange(place)),
  };
}

/** UserError: there is none of ours, or it is of another version. */
export async function aboutDatabase(connection: ClickHouseConnection): Promise<AboutDatabase> {
  await ensureReadable(connection);
  const before = await commitsIn(connection);
  const workers = await workersIn(connection);
  // What was there before and after is of nobody, where nobody commits in between.
  const after = new Set(await commitsIn(connection));
  const commits = before.filter((id) => after.has(id)).length;
  return { schema: newest(), ...(await partsIn(connection)), workers, commits };
}

async function commitsIn(connection: ClickHouseConnection): Promise<readonly string[]> {
  const { rows } = await connection.select('select distinct commit_id from commits');
  return rows.map(({ commit_id: id }) => String(id));
}

async function partsIn(
  connection: ClickHouseConnection,
): Promise<Pick<AboutDatabase, 'bytes' | 'mostParts'>> {
  try {
    const { rows } = await connection.select(
      `select table, partition_id, count() as parts, sum(sum(bytes_on_disk)) over () as bytes
       from ${everywhere(connection.place, 'system.parts')}
       where database = {database:String} and active
       group by hostName(), table, partition_id
       order by parts desc, table, partition_id
       limit 1`,
      { database: connection.place.database },
    );
    const [row] = rows;
    if (row === undefined) return { bytes: 0, mostParts: undefined };
    const mostParts = {
      table: String(row['table']),
      partition: String(row['partition_id']),
      parts: Number(row['parts']),
    };
    return { bytes: Number(row['bytes']), mostParts };
  } catch (error) {
    if (error instanceof UserError && error.code === 'access_denied') {
      return { bytes: undefined, mostParts: undefined };
    }
    throw error;
  }
}
