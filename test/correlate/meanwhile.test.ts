import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import { writtenRows } from './drawn-evidence.ts';
import { type EventFields, gatewayCall, idOf, ingest, toolCallRecord, trace } from './events.ts';

/** A call that both sides tell of. */
function call(id: string, batch_id: number): EventFields[] {
  const operation_id = trace(id);
  return [
    gatewayCall({ id: `${id} gateway`, operation_id, batch_id, at: batch_id * 60_000 }),
    toolCallRecord({ id: `${id} server`, operation_id, batch_id, at: batch_id * 60_000 + 10 }),
  ];
}

/** The server's side of a call in a better copy: it names the caller. */
function betterCopy(id: string, batch_id: number): EventFields {
  const [, server] = call(id, batch_id);
  return { ...(server as EventFields), caller_identity: 'ada@contoso.com', at: 60_010 };
}

/** Puts a better copy in the place of an event, as ingest does. */
async function replace(store: Store, copy: EventFields): Promise<void> {
  const event_id = idOf(copy.id);
  await store.run(
    `insert into replaced_events by name
     select event_id, batch_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
     from events where event_id = cast($event_id as uuid)`,
    { event_id },
  );
  await store.run('delete from events where event_id = cast($event_id as uuid)', { event_id });
  await ingest(store, [copy]);
}

/** Correlates while another store adds to the same file, after the evidence was read and before calls are published. */
async function correlateWhile(store: Store, add: () => Promise<void>) {
  const holdToRead = store.holdToRead.bind(store);
  store.holdToRead = (work) =>
    holdToRead(async () => {
      const read = await work();
      await add();
      return read;
    });
  try {
    return await correlate(store, { maxReopenedShare: 1 });
  } finally {
    store.holdToRead = holdToRead;
  }
}

test('what is added while calls are made is made calls of the next time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-'));
  const path = join(folder, 'w.duckdb');
  using store = await Store.openToAdd(path);
  using adder = await Store.openToAdd(path);
  using whole = await Store.inMemory();
  const add = (work: (store: Store) => Promise<void>) => () => adder.hold(() => work(adder));
  try {
    await add((to) => ingest(to, [...call('one', 1), ...call('two', 1)]))();

    const first = await correlateWhile(
      store,
      add(async (to) => {
        await ingest(to, call('three', 2));
        await replace(to, betterCopy('one', 2));
      }),
    );
    const second = await correlateWhile(
      store,
      add(async (to) => {
        await ingest(to, call('four', 3));
        await replace(to, betterCopy('two', 3));
      }),
    );
    const third = await correlate(store, { maxReopenedShare: 1 });

    expect(first).toMatchObject({ isRebuild: true, newEvents: 4, calls: 2, matched: 2 });
    expect(second).toMatchObject({ isRebuild: false, newEvents: 3, calls: 3 });
    expect(third).toMatchObject({ isRebuild: false, newEvents: 3, calls: 4 });
    await ingest(whole, [
      ...call('one', 1).slice(0, 1),
      ...call('two', 1).slice(0, 1),
      ...call('three', 2),
      ...call('four', 3),
      betterCopy('one', 2),
      betterCopy('two', 3),
    ]);
    await correlate(whole);
    expect(await store.hold(() => writtenRows(store))).toEqual(await writtenRows(whole));
    // Of the copies that were read nothing is left.
    expect(readdirSync(folder).filter((name) => name.endsWith('.copy'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('calls that another process has published meanwhile are not undone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-'));
  const path = join(folder, 'w.duckdb');
  using store = await Store.openToAdd(path);
  using other = await Store.openToAdd(path);
  using whole = await Store.inMemory();
  try {
    await other.hold(() => ingest(other, [...call('one', 1), ...call('two', 1)]));
    await correlate(store);
    await other.hold(() => ingest(other, call('three', 2)));

    const summary = await correlateWhile(store, async () => {
      await other.hold(async () => {
        await ingest(other, call('four', 3));
        await replace(other, betterCopy('one', 3));
      });
      await correlate(other, { maxReopenedShare: 1 });
    });

    expect(summary).toMatchObject({ isRebuild: false, newEvents: 0, calls: 4, revisedCalls: 0 });
    await ingest(whole, [
      ...call('one', 1).slice(0, 1),
      betterCopy('one', 3),
      ...call('two', 1),
      ...call('three', 2),
      ...call('four', 3),
    ]);
    await correlate(whole);
    expect(await store.hold(() => writtenRows(store))).toEqual(await writtenRows(whole));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
