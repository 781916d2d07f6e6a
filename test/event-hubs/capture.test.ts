import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type avro from 'avsc';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { Store } from '../../store/store.ts';
import { reasonsOf } from '../ingest/ingested.ts';
import { CAPTURE, captured, writeAvro } from './captured.ts';
import { hostileBodies } from './hostile-bodies.ts';
import { hubRun, temporaryFolder } from './hub-run.ts';
import { gatewayRecord } from './peer/gateway-events.ts';

const envelope = (no: number) => Buffer.from(`{"records":[${gatewayRecord('0', no)}]}`);
const rows = (count: number) =>
  Array.from({ length: count }, (_, no) => captured(no, envelope(no)));

test.each(['null', 'deflate'] as const)('a Capture file of codec %s is read', async (codec) => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  await writeAvro(join(folder.path, '00.avro'), CAPTURE, rows(50), codec);
  writeFileSync(
    join(folder.path, '01.avro.gz'),
    gzipSync(readFileSync(join(folder.path, '00.avro'))),
  );

  expect(await ingestFiles(store, [folder.path], { key: 'k' })).toMatchObject({
    received: 100,
    stored: 50,
    duplicate: 50,
    rejected: 0,
  });
});

test('an event that came by the stream is a duplicate in its Capture file', async () => {
  using folder = temporaryFolder();
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 30);
  await run.ingest();
  await writeAvro(join(folder.path, '00.avro'), CAPTURE, rows(40));

  expect(await ingestFiles(run.store, [folder.path], { key: 'k' })).toMatchObject({
    received: 40,
    stored: 10,
    duplicate: 30,
  });
});

test('packed, empty and broken bodies are told apart, each with its place', async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  await writeAvro(join(folder.path, '00.avro'), CAPTURE, [
    captured(0, gzipSync(envelope(0))),
    captured(1, null),
    captured(2, Buffer.from('hello')),
    captured(3, envelope(3)),
  ]);

  expect(await ingestFiles(store, [folder.path], { key: 'k' })).toMatchObject({
    received: 4,
    stored: 2,
    rejected: 2,
  });
  expect(await reasonsOf(store)).toEqual(['an event without a body', 'not valid JSON']);
});

test("a user's own source reads the bodies of a Capture file, by line where it asks for lines", async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  const line = (no: number) => `2026-11-20T10:00:0${no}Z,weather-mcp,r-${no},203.0.113.9,200\n`;
  const cut = line(3)
    .trimEnd()
    .padStart(200 * 1024, line(2));
  await writeAvro(join(folder.path, '00.avro'), CAPTURE, [
    captured(0, Buffer.from(line(0) + line(1))),
    captured(1, Buffer.from(cut.slice(0, 200 * 1024))),
    captured(2, null),
    captured(3, Buffer.from(line(4).trimEnd())),
  ]);

  const mapping = packagePath('examples/sources/gateway_csv.sql');
  expect(await ingestFiles(store, [folder.path], { key: 'k', mapping })).toMatchObject({
    stored: 4,
    isPartial: true,
  });
  expect(await reasonsOf(store)).toEqual(
    expect.arrayContaining(['an event without a body', 'cut off at 200 KB by log-to-eventhub']),
  );
  expect(await store.rows('select correlation_id from events order by occurred_at')).toEqual(
    expect.arrayContaining([{ correlation_id: 'r-0' }, { correlation_id: 'r-4' }]),
  );
});

test('no body of a Capture file stops what comes behind it', async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  const count = hostileBodies.length;
  await writeAvro(
    join(folder.path, '00.avro'),
    CAPTURE,
    [...hostileBodies, [envelope(count)] as const].flatMap(([body], no) =>
      no < count ? [captured(no, envelope(no)), captured(no, body)] : [captured(no, body)],
    ),
  );

  expect(await ingestFiles(store, [folder.path], { key: 'k' })).toMatchObject({
    received: count * 2 + 1,
    stored: count + 1,
    rejected: count,
    isPartial: true,
  });
  expect(
    await store.rows('select record_no, reason from rejected_records order by record_no'),
  ).toEqual(hostileBodies.map(([, reason], no) => ({ record_no: no * 2 + 2, reason })));
});

test('a Capture file without events, as a quiet hub leaves them, holds nothing and is whole', async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  await writeAvro(join(folder.path, '00.avro'), CAPTURE, []);

  expect(await ingestFiles(store, [folder.path], { key: 'k' })).toMatchObject({ received: 0 });
});

test('a file that is cut short gives what it has, and says so', async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  const path = join(folder.path, '00.avro');
  await writeAvro(path, CAPTURE, rows(50));
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));

  const { stored, rejected } = await ingestFiles(store, [folder.path], { key: 'k' });

  expect(stored).toBeGreaterThan(10);
  expect(rejected).toBe(1);
  expect(await reasonsOf(store)).toEqual(['the Avro file is cut short']);
});

const wrong: Readonly<Record<string, readonly [string | Buffer, RegExp]>> = {
  'is no Avro': ['{"a":1}', /^not Avro, or damaged: invalid magic bytes$/],
  'is too short to be Avro': ['Ob', /^not Avro$/],
};

test.each(Object.entries(wrong))(
  'a file that %s is one record, rejected',
  async (_, [content, reason]) => {
    using folder = temporaryFolder();
    using store = await Store.inMemory();
    writeFileSync(join(folder.path, '00.avro'), content);

    expect(await ingestFiles(store, [folder.path], { key: 'k' })).toMatchObject({
      received: 1,
      rejected: 1,
    });
    expect(await reasonsOf(store)).toEqual([expect.stringMatching(reason)]);
  },
);

test('Avro of something else is refused as a whole', async () => {
  using folder = temporaryFolder();
  using store = await Store.inMemory();
  const schema: avro.Schema = { type: 'record', name: 'A', fields: [{ name: 'b', type: 'int' }] };
  await writeAvro(join(folder.path, '00.avro'), schema, [{ b: 1 }]);

  await ingestFiles(store, [folder.path], { key: 'k' });

  expect(await reasonsOf(store)).toEqual([
    "an Avro file whose records have no 'Body': it is not one of Event Hubs Capture",
  ]);
});
