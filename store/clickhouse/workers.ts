import { OWNER_EXPIRY_MS } from '../ownership.ts';
import type { Row } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';
import { EXPIRY_S, isDead } from './turns.ts';

/** A process that adds to a database, beside others. */
export interface Worker {
  readonly host: string;
  readonly pid: number;
  /** Whether it has its turn to commit or waits for it, or reads partitions of streams. */
  readonly does: 'commits' | 'reads';
  /** Of who reads: 'hub/3'; none: it waits for one. */
  readonly partitions: readonly string[];
  /** How long nothing was heard of it, by the clock of the server. */
  readonly silentMs: number;
  /** Whether it still runs, or may. */
  readonly isThere: boolean;
}

/** All that said that they were there, and did not say that they left. */
export async function workersIn(connection: ClickHouseConnection): Promise<readonly Worker[]> {
  const { rows } = await connection.select(
    `select does, id, any(host) as any_host, any(pid) as any_pid,
       min(dateDiff('millisecond', noted_at, now64(3))) as silent_ms,
       arraySort(groupUniqArrayIf(partition, partition <> '')) as partitions
     from (
       select 'commits' as does, turn_id as id, host, pid, noted_at, '' as partition
       from turns
       union all
       select 'reads' as does, owners.owner_id as id, owners.host as host, owners.pid as pid, owners.noted_at as noted_at,
         if(owned.partition_id is null, '', concat(owners.source, '/', coalesce(owned.partition_id, ''))) as partition
       from partition_owners as owners
       left join partition_ownership as owned on owned.owner_id = owners.owner_id and owned.source = owners.source
     ) as heard
     group by does, id
     order by does, any_host, any_pid`,
  );
  return rows.map((row) => workerOf(connection, row));
}

function workerOf({ self }: ClickHouseConnection, row: Row): Worker {
  const [host, pid] = [String(row['any_host']), Number(row['any_pid'])];
  const silentMs = Number(row['silent_ms']);
  const does = row['does'] === 'commits' ? 'commits' : 'reads';
  return {
    does,
    silentMs,
    host,
    pid,
    partitions: row['partitions'] as string[],
    isThere: silentMs < SILENCE_MS[does] && !isDead(self, { host, pid }),
  };
}

/** From then on others go on without it. */
const SILENCE_MS = { commits: EXPIRY_S * 1000, reads: OWNER_EXPIRY_MS };
