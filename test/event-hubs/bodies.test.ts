import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import rhea from 'rhea';
import { expect, test } from 'vitest';
import { DEEP, hostileBodies } from './hostile-bodies.ts';
import { countOf, hubRun, positionsOf } from './hub-run.ts';
import { gatewayRecord } from './peer/gateway-events.ts';
import type { KeptEvent } from './peer/hub.ts';

type Sent = Partial<KeptEvent> & { readonly body: unknown };

const ONE = gatewayRecord('0', 1);
const TWO = gatewayRecord('0', 2);
const BOTH = `{"records":[${ONE},${TWO}]}`;
const text = (given: string): Buffer => Buffer.from(given, 'utf8');
const encoded = (given: Buffer, encoding: string): Sent => ({
  body: given,
  fields: { content_encoding: encoding },
});

/** Bodies that all hold the same two records. */
const forms: Readonly<Record<string, readonly Sent[]>> = {
  'envelopes of one record each': [
    { body: text(`{"records":[${ONE}]}`) },
    { body: text(`{ "records" : [ ${TWO} ] }`) },
  ],
  'an envelope of both': [{ body: text(BOTH) }],
  'an array': [{ body: text(`[${ONE},${TWO}]`) }],
  'bare records': [{ body: text(ONE) }, { body: text(TWO) }],
  'a line each': [{ body: text(`${ONE}\r\n${TWO}\n`) }],
  'a document over many lines': [{ body: text(JSON.stringify(JSON.parse(BOTH), null, 2)) }],
  'text with a byte order mark': [{ body: text(`\uFEFF${BOTH}`) }],
  'text in UTF-16': [{ body: Buffer.from(`\uFEFF${BOTH}`, 'utf16le') }],
  'JSON text inside of a JSON text': [{ body: text(JSON.stringify(BOTH)) }],
  'gzip, told by its first bytes': [{ body: gzipSync(text(BOTH)) }],
  'zlib, told by its first bytes': [{ body: deflateSync(text(BOTH)) }],
  'deflate, told by a header': [encoded(deflateRawSync(text(BOTH)), 'deflate')],
  'brotli, told by a header': [encoded(brotliCompressSync(text(BOTH)), 'br')],
  'a header that is wrong': [encoded(text(BOTH), 'gzip')],
  'deflate, told by a property': [
    {
      body: deflateRawSync(text(BOTH)),
      fields: { application_properties: { 'content-encoding': 'deflate' } },
    },
  ],
  'an export under Records': [{ body: text(`{"Records":[${ONE},${TWO}]}`) }],
  'an export under Body, as text': [
    { body: text(JSON.stringify({ SequenceNumber: 1, Offset: '1', Body: BOTH })) },
  ],
  'an export under Body, in base64': [
    { body: text(JSON.stringify({ Body: text(BOTH).toString('base64'), Properties: {} })) },
  ],
  'an export under Body, as an object': [{ body: text(`{"Body":${BOTH}}`) }],
  'bytes as Node writes them': [{ body: text(JSON.stringify(text(BOTH))) }],
  'a value instead of bytes': [{ body: BOTH }],
  'an object instead of bytes': [{ body: JSON.parse(BOTH) }],
};

test.each(Object.entries(forms))('%s: two records are read', async (_, events) => {
  await using run = await hubRun({ partitions: 1 });
  for (const event of events) run.peer.append('0', event);

  expect(await run.ingest()).toMatchObject({ received: 2, stored: 2, rejected: 0 });
  expect(await countOf(run.store)).toEqual({ rows: 2, distinct: 2 });
});

const longText = `{"records":[${ONE},{"category":"GatewayLogs","text":"${'x'.repeat(250_000)}`;

/** Bodies that cannot be used, and why. */
const poison: Readonly<Record<string, readonly [Sent, string]>> = {
  'not JSON': [{ body: text('hello, world') }, 'not valid JSON'],
  'bytes of no meaning': [{ body: Buffer.from([0, 1, 2, 254, 255]) }, 'not valid JSON'],
  'nothing at all': [{ body: Buffer.alloc(0) }, 'an event without a body'],
  'white space': [{ body: text('  ') }, 'a JSON varchar where a record was expected'],
  'much white space': [
    { body: text(` \t\r\n${' '.repeat(200)}`) },
    'a JSON varchar where a record was expected',
  ],
  'a long line of spaces': [
    { body: text(' '.repeat(200)) },
    'a JSON varchar where a record was expected',
  ],
  'a byte order mark alone': [
    { body: text('\uFEFF') },
    'a JSON varchar where a record was expected',
  ],
  'half a JSON text': [{ body: text(ONE.slice(0, 200)) }, 'not valid JSON'],
  'a text that was cut at 200 KB': [
    { body: text(longText.slice(0, 204_800)) },
    'cut off at 200 KB by log-to-eventhub',
  ],
  'damaged gzip': [
    { body: gzipSync(text(BOTH)).subarray(0, 60) },
    'a body whose gzip data is damaged or cut short',
  ],
  'a gzip bomb': [
    { body: gzipSync(Buffer.alloc(70 * 1024 * 1024)) },
    'a body that unpacks to more than 64 MB',
  ],
  'a packed list of a million items': [
    { body: gzipSync(`{"records":[[${'1,'.repeat(1_000_000)}1]]}`) },
    'a body of more than 1,000,000 items',
  ],
  'a packed export of a size that is not opened': [
    { body: gzipSync(`{"Body":"${'x'.repeat(9 * 1024 * 1024)}"}`) },
    'an export of events of more than 8 MB',
  ],
  'a record of nobody': [{ body: text('{"a":1}') }, 'no field of it names a table that is known'],
};

test.each(Object.entries(poison))(
  '%s is set aside with its place, and the stream goes on',
  async (_, [event, reason]) => {
    await using run = await hubRun({ partitions: 1 });
    run.fill('0', 2);
    run.peer.append('0', event);
    run.fill('0', 2);

    const summary = await run.ingest();

    expect(summary).toMatchObject({ received: 5, stored: 4, rejected: 1, isPartial: true });
    expect(summary.partitions[0]).toMatchObject({ rejected: 1, sequenceNumber: 4 });
    expect(await run.store.rows('select source, record_no, reason from rejected_records')).toEqual([
      { source: expect.stringMatching(/\/apim-logs\/mcp-witness\/0$/), record_no: 2, reason },
    ]);
  },
);

test('no body ends a stream, and none stops what comes behind it', async () => {
  await using run = await hubRun({ partitions: 1 });
  for (const [body] of hostileBodies) {
    run.fill('0', 1);
    run.peer.append('0', { body });
  }
  run.fill('0', 1);
  const count = hostileBodies.length;

  const summary = await run.ingest();

  expect(summary).toMatchObject({ stored: count + 1, rejected: count, isPartial: true });
  expect(await countOf(run.store)).toEqual({ rows: count + 1, distinct: count + 1 });
  expect(
    await run.store.rows(
      'select source, record_no, reason from rejected_records order by record_no',
    ),
  ).toEqual(
    hostileBodies.map(([, reason], no) => ({
      source: expect.stringMatching(/\/apim-logs\/mcp-witness\/0$/),
      record_no: no * 2 + 1,
      reason,
    })),
  );
  expect(await positionsOf(run.store)).toEqual({ '0': count * 2 });
  expect(await run.ingest()).toMatchObject({ received: 0, isPartial: false });
});

test('what is behind packed data is set aside, and the data is read', async () => {
  await using run = await hubRun({ partitions: 1 });
  const others = text('other bytes');
  run.peer.append('0', { body: Buffer.concat([gzipSync(ONE), gzipSync(`\n${TWO}`), others]) });
  run.peer.append('0', { body: Buffer.concat([deflateSync(gatewayRecord('0', 3)), others]) });
  run.peer.append('0', { body: Buffer.concat([gzipSync('{"records":[]}'), Buffer.alloc(4)]) });

  expect(await run.ingest()).toMatchObject({ received: 5, stored: 3, rejected: 2 });
  expect(
    await run.store.rows(
      'select record_no, reason, record_bytes from rejected_records order by record_no',
    ),
  ).toEqual(
    ['gzip', 'zlib'].map((packing, no) => ({
      record_no: no,
      reason: expect.stringMatching(`^other bytes follow the ${packing} data, which ends after`),
      record_bytes: others.length,
    })),
  );
  // An envelope of none is no record, and an event that was read.
  expect(await run.store.rows('select events from checkpoints')).toEqual([{ events: 3 }]);
});

test('a long text of several documents is read without being parsed here', async () => {
  await using run = await hubRun({ partitions: 1 });
  // A value ends at its bracket, whatever its strings hold; a sender's line breaks are where it likes.
  const long = ONE.replace('"x-trace":""', `"x-trace":"\\"]}${' '.repeat(9 * 1024 * 1024)}"`);
  const body = [long, JSON.stringify(JSON.parse(TWO), null, 2), '{"a":1}'].join('\r\n');
  run.peer.append('0', { body: gzipSync(body) });

  expect(await run.ingest()).toMatchObject({ received: 3, stored: 2, rejected: 1 });
  expect(await countOf(run.store)).toEqual({ rows: 2, distinct: 2 });
});

test('a record with a field that is nested deep is stored', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.peer.append('0', { body: text(`{"records":[${ONE.replace(/\}$/, `,"x":${DEEP}}`)}]}`) });

  expect(await run.ingest()).toMatchObject({ received: 1, stored: 1 });
});

test('a record that its sender cut is stored, and counted as truncated', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.peer.append('0', { body: text(ONE.replace('"truncated":0', '"truncated":1')) });

  expect(await run.ingest()).toMatchObject({ stored: 1 });
  expect(await run.store.rows('select truncated from ingest_batches')).toEqual([{ truncated: 1 }]);
});

test('several sections of data are one body', async () => {
  await using run = await hubRun({ partitions: 1 });
  const body = rhea.message.data_sections([text(BOTH.slice(0, 50)), text(BOTH.slice(50))]);
  run.peer.append('0', { body });

  expect(await run.ingest()).toMatchObject({ received: 2, stored: 2 });
});
