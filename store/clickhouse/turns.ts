import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseConnection } from './connection.ts';

/** Between two looks at whose turn it is. */
const LOOK_EVERY_MS = 100;
/** Who waits says so again after so many looks. */
const LOOKS_PER_NOTE = 300;
/** A commit is over by then, or its process is gone. */
const EXPIRY_S = 120;

/**
 * Does `work` while no other process does such: commits of several processes happen one after another, so that what
 * one stores is known to the next. ClickHouse compares and swaps nothing; what it has is enough for Lamport's bakery: who
 * comes draws a number above all that are there, and waits for those with a lower one and for those who draw.
 * A turn that is not given back is over after two minutes.
 */
export async function inTurn<T>(
  connection: ClickHouseConnection,
  work: () => Promise<T>,
): Promise<T> {
  const id = randomUUID();
  const end = () => endTurn(connection, id);
  try {
    await connection.command(`insert into turns (turn_id, number) values ('${id}', 0)`);
    await connection.command(
      `insert into turns (turn_id, number) select '${id}', max(number) + 1 from turns`,
    );
    for (let looks = 1; !(await isNext(connection, id)); looks += 1) {
      await sleep(LOOK_EVERY_MS);
      if (looks % LOOKS_PER_NOTE === 0) await noteAgain(connection, id);
    }
    const result = await work();
    await end();
    return result;
  } catch (error) {
    // Where the server is away, the turn expires.
    await end().catch(() => undefined);
    throw error;
  }
}

async function isNext(connection: ClickHouseConnection, id: string): Promise<boolean> {
  const { rows } = await connection.select(
    `select turn_id, max(number) as place, max(noted_at) < now64(3) - interval ${EXPIRY_S} second as is_over
     from turns
     group by turn_id
     order by place, turn_id`,
  );
  for (const { turn_id: other, is_over } of rows) {
    if (other === id) return true;
    if (is_over === 0) return false;
    await endTurn(connection, String(other));
  }
  throw new Error('the turn of this process was taken for abandoned');
}

async function noteAgain(connection: ClickHouseConnection, id: string): Promise<void> {
  await connection.command(
    `insert into turns (turn_id, number) select '${id}', max(number) from turns where turn_id = '${id}'`,
  );
}

async function endTurn(connection: ClickHouseConnection, id: string): Promise<void> {
  await connection.command(`alter table turns drop partition '${id}'`);
}
