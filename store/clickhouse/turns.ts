import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claimant } from '../lease.ts';
import { OwnershipLost } from '../ownership.ts';
import type { Row } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';

/** Between two looks at whose turn it is. */
const LOOK_EVERY_MS = 100;
/** Who waits says so again after so many looks. */
const LOOKS_PER_NOTE = 300;
/** A commit is over by then, or its process is gone. */
export const EXPIRY_S = 120;

/**
 * Does `work` while no other process does such: commits of several processes happen one after another, so that what
 * one stores is known to the next. ClickHouse compares and swaps nothing; what it has is enough for Lamport's bakery: who
 * comes draws a number above all that are there, and waits for those with a lower one and for those who draw.
 * A turn that is not given back is over after two minutes; at once, where its process was one of this machine.
 */
export async function inTurn<T>(
  connection: ClickHouseConnection,
  work: (turn: Pick<Turn, 'ensure'>) => Promise<T>,
): Promise<T> {
  const turn = new Turn(connection);
  try {
    await turn.come();
    const result = await work(turn);
    await turn.end();
    return result;
  } catch (error) {
    // Where the server is away, the turn expires.
    await turn.end().catch(() => undefined);
    throw error;
  }
}

class Turn {
  readonly #id = randomUUID();
  readonly #connection: ClickHouseConnection;

  constructor(connection: ClickHouseConnection) {
    this.#connection = connection;
  }

  /** Waits until it is there. */
  async come(): Promise<void> {
    await this.#note('select 0');
    await this.#note('select max(number) + 1 from turns');
    for (let looks = 1; !(await this.#isNext()); looks += 1) {
      await sleep(LOOK_EVERY_MS);
      if (looks % LOOKS_PER_NOTE === 0) {
        await this.#note('select max(number) from turns where turn_id = {id:String}');
      }
    }
  }

  /** Throws where this process was silent for so long that others have gone on: to be called before what cannot be undone. */
  async ensure(): Promise<void> {
    const { rows } = await this.#connection.select(
      'select count() as found from turns where turn_id = {id:String}',
      { id: this.#id },
    );
    if (Number(rows[0]?.['found']) === 0) throw taken();
  }

  async end(id: string = this.#id): Promise<void> {
    await this.#connection.command(`alter table turns drop partition '${id}'`);
  }

  async #note(number: string): Promise<void> {
    await this.#connection.command(
      `insert into turns (turn_id, number, host, pid)
       select {id:String}, (${number}), {host:String}, {pid:Int64}`,
      { id: this.#id, host: hostname(), pid: this.#connection.self?.pid ?? 0 },
    );
  }

  async #isNext(): Promise<boolean> {
    const { rows } = await this.#connection.select(
      `select turn_id, max(number) as place, any(host) as host, any(pid) as pid,
         max(noted_at) < now64(3) - interval ${EXPIRY_S} second as is_over
       from turns
       group by turn_id
       order by place, turn_id`,
    );
    for (const row of rows) {
      if (row['turn_id'] === this.#id) return true;
      if (row['is_over'] === 0 && !isDead(this.#connection.self, row)) return false;
      await this.end(String(row['turn_id']));
    }
    throw taken();
  }
}

function taken(): OwnershipLost {
  return new OwnershipLost('the turn of this process was taken for abandoned');
}

/** Whether a row is one of a process that was of this machine, and is not running any more. */
export function isDead(self: Claimant | undefined, { host, pid }: Row): boolean {
  if (self === undefined || host !== hostname() || pid === self.pid) return false;
  return !self.isRunning(Number(pid));
}
