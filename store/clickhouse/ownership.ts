import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Owner, OwnershipView, PartitionOwnership } from '../ownership.ts';
import type { Row } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';
import { isDead } from './turns.ts';

/** Who has which partition of a stream, and who is there, as tables of the database. Claims are made in a turn. */
export class ClickHouseOwnership implements PartitionOwnership {
  readonly id = randomUUID();
  readonly #connection: ClickHouseConnection;
  /** Owners of whom nothing is left but that they were there. */
  #gone: readonly string[] = [];

  constructor(connection: ClickHouseConnection) {
    this.#connection = connection;
  }

  async note(stream: string): Promise<void> {
    await this.#connection.command(
      `insert into partition_owners (owner_id, source, host, pid)
       select {id:String}, {stream:String}, {host:String}, {pid:Int64}`,
      { id: this.id, stream, host: hostname(), pid: this.#connection.self?.pid ?? 0 },
    );
  }

  async list(stream: string, expiryMs: number): Promise<OwnershipView> {
    // By the clock of the server: those of the machines may differ.
    const { rows } = await this.#connection.select(
      `select owners.owner_id as owner_id, any(owners.host) as host, any(owners.pid) as pid,
         min(dateDiff('millisecond', owners.noted_at, now64(3))) as silent_ms,
         groupUniqArray(owned.partition_id) as partitions
       from partition_owners as owners
       left join (
         select owner_id, partition_id from partition_ownership where source = {stream:String}
       ) as owned on owned.owner_id = owners.owner_id
       where owners.source = {stream:String}
       group by owner_id
       order by owner_id`,
      { stream },
    );
    const isGone = (row: Row): boolean =>
      Number(row['silent_ms']) >= expiryMs || isDead(this.#connection.self, row);
    this.#gone = rows.filter(isGone).map(({ owner_id: id }) => String(id));
    const owners: Owner[] = [];
    const partitions = new Map<string, Owner>();
    for (const row of rows.filter((each) => !isGone(each))) {
      const owner = {
        id: String(row['owner_id']),
        host: String(row['host']),
        pid: Number(row['pid']),
      };
      owners.push(owner);
      // Who has none is joined with nothing.
      const owned = (row['partitions'] as (string | null)[]).filter(Boolean);
      for (const partition of owned) partitions.set(String(partition), owner);
    }
    return { owners, partitions };
  }

  async claim(stream: string, partitions: readonly string[]): Promise<void> {
    if (partitions.length === 0) return;
    await this.#connection.command(
      `insert into partition_ownership_stored (source, partition_id, owner_id, etag)
       select {stream:String}, arrayJoin({partitions:Array(String)}), {id:String},
         (select max(etag) + 1 from partition_ownership_stored where source = {stream:String})`,
      { stream, partitions: [...partitions], id: this.id },
    );
    for (const owner of this.#gone) if (owner !== this.id) await this.#forget(owner);
  }

  async release(stream: string, partitions: readonly string[]): Promise<void> {
    await this.#connection.command(
      `insert into partition_ownership_stored (source, partition_id, owner_id, etag)
       select source, partition_id, '', etag + 1
       from partition_ownership
       where source = {stream:String} and owner_id = {id:String}
         and partition_id in ({partitions:Array(String)})`,
      { stream, id: this.id, partitions: [...partitions] },
    );
  }

  async leave(stream: string): Promise<void> {
    await this.#connection.command(
      `insert into partition_ownership_stored (source, partition_id, owner_id, etag)
       select source, partition_id, '', etag + 1
       from partition_ownership
       where source = {stream:String} and owner_id = {id:String}`,
      { stream, id: this.id },
    );
    await this.#forget(this.id);
  }

  async checkpoints(stream: string): Promise<readonly Row[]> {
    const { rows } = await this.#connection.select(
      `select partition_id, position, event_offset, enqueued_at, stream_created_at
       from checkpoints
       where source = {stream:String}
       order by partition_id`,
      { stream },
    );
    return rows;
  }

  async #forget(owner: string): Promise<void> {
    await this.#connection.command(`alter table partition_owners drop partition '${owner}'`);
  }
}
