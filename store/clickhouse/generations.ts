import type { Change } from '../publishing.ts';
import type { Parameter } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';
import { dropGeneration, dropSuperseded } from './superseded.ts';
import { DAYS, LOADED, publishedColumns, stored } from './tables.ts';
import { inTurn } from './turns.ts';

/** What each correlation publishes. */
const STATE = "table_name = 'correlation_state'";

/** How rows of one generation get into the table behind a published name. */
export type Fill = (generation: number) => Promise<void>;

/**
 * Replaces whole tables, all at once: their rows are written as a new generation that nobody sees, then one insert
 * says of all of them that it is the one that counts. A process that is killed before leaves rows that are never shown.
 * What was shown before stays for who is reading it; what is older is dropped.
 */
export async function replaceTables(
  connection: ClickHouseConnection,
  fills: Readonly<Record<string, Fill>>,
): Promise<void> {
  const tables = Object.keys(fills);
  if (tables.length === 0) return;
  const generation = await nextGeneration(connection);
  for (const fill of Object.values(fills)) await fill(generation);
  const days = await Promise.all(
    tables.map(async (table) => [table, await allDays(connection, table, generation)] as const),
  );
  await name(connection, generation, new Map(days));
  await dropSuperseded(connection, generation, tables);
}

/**
 * Changes published tables, all at once: of each, the days that a change touches are written anew as rows that nobody
 * sees. They are shown if `isStill` holds then, while nobody else can publish.
 */
export async function publishChanges(
  connection: ClickHouseConnection,
  changes: readonly Change[],
  isStill: () => Promise<boolean>,
): Promise<boolean> {
  const generation = await nextGeneration(connection);
  const days = new Map<string, readonly number[]>();
  for (const change of changes) {
    const touched = await touchedDays(connection, change);
    if (touched.length === 0) continue;
    await fillDays(connection, change, touched, generation);
    days.set(change.table, touched);
  }
  const isShown = await inTurn(connection, async () => {
    const isNext = (await isStill()) && (await newestGeneration(connection, STATE)) < generation;
    if (isNext) await name(connection, generation, days);
    return isNext;
  });
  const tables = [...days.keys()];
  if (!isShown) await dropGeneration(connection, generation, tables);
  else {
    const isCorrelation = tables.includes('correlation_state');
    const all = isCorrelation ? await correlatedTables(connection) : tables;
    await dropSuperseded(connection, generation, all);
  }
  return isShown;
}

/** Numbers are times, so that two processes at once do not take the same; the later of them is the one that counts. */
async function nextGeneration(connection: ClickHouseConnection): Promise<number> {
  const newest = await newestGeneration(connection);
  const { rows } = await connection.select(
    'select toUInt64(toUnixTimestamp64Milli(now64(3))) as now',
  );
  return Math.max(Number(rows[0]?.['now']), newest + 1);
}

async function newestGeneration(
  connection: ClickHouseConnection,
  condition = 'true',
): Promise<number> {
  const { rows } = await connection.select(
    `select coalesce(max(generation), 0) as newest from generations where ${condition}`,
  );
  return Number(rows[0]?.['newest']);
}

async function name(
  connection: ClickHouseConnection,
  generation: number,
  days: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  const rows = [...days].flatMap(([table, each]) =>
    each.map((day) => `('${table}', ${generation}, ${day})`),
  );
  if (rows.length === 0) return;
  await connection.command(
    `insert into generations (table_name, generation, day) values ${rows.join(', ')}`,
  );
}

/** Of a table that is replaced as a whole, the days that it has and had. */
async function allDays(
  connection: ClickHouseConnection,
  table: string,
  generation: number,
): Promise<readonly number[]> {
  const day = DAYS[table];
  if (day === undefined) return [0];
  return daysIn(
    connection,
    `select ${day.stored} as day from ${stored(table)} where generation = ${generation}
     union distinct
     select day from generations where table_name = {table:String}`,
    { table },
  );
}

async function touchedDays(
  connection: ClickHouseConnection,
  { table, gone, came }: Change,
): Promise<readonly number[]> {
  const day = DAYS[table];
  if (day === undefined) return [0];
  const leaving =
    gone === undefined
      ? ''
      : `union distinct
         select ${day.stored} as day from ${stored(table)} where ${isShown(table)} and (${gone})`;
  return daysIn(connection, `select day from (${withDay(table, came)}) ${leaving}`, { table });
}

async function daysIn(
  connection: ClickHouseConnection,
  sql: string,
  params: Readonly<Record<string, Parameter>>,
): Promise<readonly number[]> {
  const { rows } = await connection.select(
    `select distinct day from (${sql}) order by day`,
    params,
  );
  return rows.map(({ day }) => Number(day));
}

/** On the server: what is shown of these days and does not go, and what comes. */
async function fillDays(
  connection: ClickHouseConnection,
  { table, gone, came }: Change,
  days: readonly number[],
  generation: number,
): Promise<void> {
  const day = DAYS[table];
  const columns = [
    ...(await publishedColumns(connection, table)),
    ...(day?.eventId === undefined ? [] : ['day']),
  ].join(', ');
  const ofDays = day === undefined ? '' : `and ${day.stored} in (${days.join(', ')})`;
  const staying =
    gone === 'true'
      ? ''
      : `select ${columns} from ${stored(table)}
         where ${isShown(table)} ${ofDays} and not (${gone ?? 'false'})
         union all`;
  await connection.command(
    `insert into ${stored(table)} (generation, ${columns})
     select ${generation}, ${columns}
     from (${staying} select ${columns} from (${withDay(table, came)}))`,
    { table },
  );
}

/** Which rows of the table behind a published name are shown there; the parameter `table` is that name. */
function isShown(table: string): string {
  const day = DAYS[table];
  const named = 'from generations where table_name = {table:String}';
  return day === undefined
    ? `generation = (select max(generation) ${named})`
    : `(generation, ${day.stored}) in (select max(generation), day ${named} group by day)`;
}

/** Rows that come, with the column `day` where the table has days. */
function withDay(table: string, came: string): string {
  const day = DAYS[table];
  if (day === undefined) return `select * from ${came}`;
  if (day.eventId === undefined) return `select *, ${day.stored} as day from ${came}`;
  const key = day.eventId;
  return `select came.*, coalesce(happened.day, 0) as day
    from (select * from ${came}) as came
    left join (
      select event_id as happened_id, toYYYYMMDD(occurred_at) as day from events
      where event_id in (select ${key} from ${came})
    ) as happened on came.${key} = happened.happened_id`;
}

/** All that correlation publishes. */
async function correlatedTables(connection: ClickHouseConnection): Promise<readonly string[]> {
  const { rows } = await connection.select('select distinct table_name from generations');
  return rows
    .map(({ table_name: table }) => String(table))
    .filter((each) => !LOADED.includes(each));
}
