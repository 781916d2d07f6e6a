import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MAX_VALUE_BYTES } from '../../ingest/transports/text-lines.ts';
import { ingesting, reasonsOf, rejectsOf } from './ingested.ts';

const MB = 1024 * 1024;
const record = (no: number, more = ''): string =>
  `{"Type":"AppRequests","TimeGenerated":"2026-11-20T10:00:0${no}Z","Id":"s${no}","OperationId":"t${no}"${more}}`;

test('JSON that is nested a million deep is set aside, and the rest goes in', async () => {
  const deep = 1_000_000;
  using run = await ingesting({
    'lines.ndjson': [
      record(1),
      `{"Type":"AppRequests","a":${'['.repeat(deep)}${']'.repeat(deep)}}`,
      `{"a":`.repeat(deep),
      record(2),
    ].join('\n'),
    'array.json': `[${record(3)},${'['.repeat(deep)}${']'.repeat(deep)},${record(4)}]`,
    'open.json': '['.repeat(deep),
  });

  const { received, stored, rejected } = await run.ingest();

  expect({ received, stored, rejected }).toEqual({ received: 8, stored: 4, rejected: 4 });
});

test('a value of more than 128 MB is counted without being held', async () => {
  using run = await ingesting({});
  for (const [name, before, after] of [
    ['lines.ndjson', `${record(1)}\n`, `\n${record(2)}\n`],
    ['array.json', `[${record(3)},`, `,${record(4)}]`],
  ] as const) {
    const file = openSync(join(run.folder, name), 'w');
    writeSync(file, `${before}{"Type":"AppRequests","pad":"`);
    const pad = Buffer.alloc(MB, 'x');
    for (let written = 0; written < MAX_VALUE_BYTES + 12 * MB; written += MB) writeSync(file, pad);
    writeSync(file, `"}${after}`);
    closeSync(file);
  }
  const before = process.memoryUsage().rss;

  const { received, stored, rejected } = await run.ingest();

  expect({ received, stored, rejected }).toEqual({ received: 6, stored: 4, rejected: 2 });
  expect(await rejectsOf(run.store)).toMatchObject([
    { file: 'array.json', record_no: 2, reason: 'one JSON value of more than 128 MB' },
    { file: 'lines.ndjson', record_no: 2, reason: 'one JSON value of more than 128 MB' },
  ]);
  expect((process.memoryUsage().rss - before) / MB).toBeLessThan(600);
});

test('a gzip bomb of blank lines and of one line is read in bounded memory', async () => {
  using run = await ingesting({
    'blank.ndjson.gz': gzipSync(
      Buffer.concat([Buffer.alloc(16 * MB, '\n'), Buffer.from(record(1))]),
    ),
    'line.ndjson.gz': gzipSync(Buffer.alloc(200 * MB, 'x')),
  });
  const before = process.memoryUsage().rss;

  const { received, stored, rejected } = await run.ingest();

  expect({ received, stored, rejected }).toEqual({ received: 2, stored: 1, rejected: 1 });
  expect(await reasonsOf(run.store)).toEqual(['one JSON value of more than 128 MB']);
  expect((process.memoryUsage().rss - before) / MB).toBeLessThan(800);
});

/** Values that break casts, patterns and hashes where a source is careless. */
const HOSTILE = [
  '"text"',
  '"{"',
  '"[1"',
  '"\\u0000"',
  '"\'; drop table events; --"',
  '"9223372036854775808"',
  '"-9223372036854775808"',
  '"1e400"',
  '-1',
  '1e308',
  'true',
  'null',
  '[]',
  '[null]',
  '[[1]]',
  '{}',
  '{"a":null}',
  '"2026-13-45T99:99:99Z"',
];

test('no value in any field of any table stops a run', async () => {
  const { listSources } = await import('../../ingest/sources.ts');
  const files = Object.fromEntries(
    listSources().map(({ stem, file }) => [`${stem}.ndjson`, hostileLines(file.sql)]),
  );
  using run = await ingesting(files);

  let received = 0;
  for (const { stem } of listSources()) {
    const summary = await run.ingest({ table: stem }, [`${stem}.ndjson`]);
    const { stored, duplicate, rejected, excluded } = summary;
    expect(stored + duplicate + rejected + excluded, stem).toBe(summary.received);
    received += summary.received;
  }

  expect(received).toBe(listSources().length * HOSTILE.length * 2);
}, 240_000);

/** Records in which all fields that a source names have the same hostile value, at both levels. */
function hostileLines(sql: string): string {
  const named = [...sql.matchAll(/pick(?:_either|_any)?\(([^()]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name),
  );
  const always = [
    'properties',
    'customdimensions',
    'requestheaders',
    'requestbody',
    'responsebody',
  ];
  const ids = ['id', 'correlationid', 'traceid', 'spanid', 'itemcount', 'timegenerated'];
  const keys = [...new Set([...named, ...always, ...ids])];
  return HOSTILE.flatMap((value) => {
    const fields = keys.map((key) => `"${key}":${value}`).join(',');
    const sound = '"timegenerated":"2026-11-20T10:00:00Z","correlationid":"c","id":"i"';
    const others = keys.filter(
      (key) => !['timegenerated', 'correlationid', 'id'].includes(String(key)),
    );
    const inner = others.map((key) => `"${key}":${value}`).join(',');
    return [
      `{${fields}}`,
      `{${sound},"properties":{${inner}},${inner.replace(/"properties":[^,]*,?/, '')}}`,
    ];
  }).join('\n');
}
