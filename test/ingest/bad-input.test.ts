import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { IngestSummary } from '../../ingest/ingest-files.ts';
import { type Files, ingesting, rejectsOf } from './ingested.ts';

const record = (no: number): string =>
  `{"Type":"AppRequests","TimeGenerated":"2026-11-20T10:00:0${no}Z","Id":"s${no}","OperationId":"t${no}","AppRoleName":"café"}`;
const [A, B, C] = [record(1), record(2), record(3)] as const;

const internalSpan = (no: string, fields: object): string =>
  JSON.stringify({
    traceId: 'a'.repeat(32),
    spanId: no.repeat(16),
    name: 'parse',
    startTimeUnixNano: '1763632800000000000',
    ...fields,
  });

const NOT_JSON = 'not valid JSON';
const CUT = 'the file ends inside a JSON value';

interface Outcome {
  readonly files: Files;
  readonly stored: number;
  readonly reasons: readonly (string | RegExp)[];
  readonly excluded?: number;
}

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
const wrapped = (times: number): string =>
  Array.from({ length: times }).reduce<string>((inner) => `{"records":[${inner}]}`, A);
const wrappedAs = (no: number, times: number): string =>
  wrapped(times).replace(A, A.replace(/"Id":"[^"]*"/, `"Id":"deep${no}"`));
const header = 'Type,TimeGenerated,Id,OperationId,Properties';
const csvRow = (no: number): string => `AppRequests,2026-11-20T10:00:0${no}Z,s${no},t${no},{}`;

const cases: Readonly<Record<string, Outcome>> = {
  'an array cut between its elements': {
    files: { 'a.json': `[${A},\n${B},` },
    stored: 2,
    reasons: [CUT],
  },
  'an array cut inside an element': {
    files: { 'a.json': `[${A},${B},${C.slice(0, 40)}` },
    stored: 2,
    reasons: [CUT],
  },
  'an envelope cut in its middle': {
    files: { 'a.json': `{"records":[${A},${B},${C.slice(0, 40)}` },
    stored: 0,
    reasons: [/^(not valid JSON|the file ends inside a JSON value)$/],
  },
  'an object cut in its middle, pretty-printed': {
    files: { 'a.json': `{\n  "Type": "AppRequests",\n  "Id": "s1` },
    stored: 0,
    reasons: [CUT],
  },
  'one broken line among whole ones': {
    files: { 'a.ndjson': [A, B.slice(0, 50), C].join('\n') },
    stored: 2,
    reasons: [NOT_JSON],
  },
  'a broken first line': {
    files: { 'a.ndjson': [B.slice(0, 50), A, C].join('\n') },
    stored: 2,
    reasons: [NOT_JSON],
  },
  'a first line that is no JSON': {
    files: { 'a.ndjson': ['# export of 2026-11-20', A].join('\n') },
    stored: 1,
    reasons: [NOT_JSON],
  },
  'a line cut at the end of the file': {
    files: { 'a.ndjson': [A, B, C.slice(0, 50)].join('\n') },
    stored: 2,
    reasons: [NOT_JSON],
  },
  'scalars and arrays where records are expected': {
    files: { 'a.ndjson': [A, '42', '"text"', 'null', 'true', `[${B}]`].join('\n') },
    stored: 2,
    reasons: [
      'a JSON ubigint where a record was expected',
      'a JSON varchar where a record was expected',
      'a JSON null where a record was expected',
      'a JSON boolean where a record was expected',
    ],
  },
  'tables that are not known': {
    files: {
      'a.ndjson': [
        '{"Type":"SigninLogs","x":1}',
        '{"category":"AuditLogs","time":"2026-11-20T10:00:00Z"}',
        '{"foo":"bar"}',
        '{}',
      ].join('\n'),
    },
    stored: 0,
    reasons: [
      "no source reads the table 'SigninLogs'",
      "no source reads the table 'AuditLogs'",
      'no field of it names a table that is known',
      'no field of it names a table that is known',
    ],
  },
  'what is recognised and is no evidence': {
    files: {
      'a.json':
        '{"records":[{"metricName":"Requests","timeGrain":"PT1M","total":1},{"category":"Administrative","identity":{},"resultSignature":"x","time":"2026-11-20T10:00:00Z"}]}',
      'b.json':
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{}}]}]}]}\n{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m"}]}]}]}',
      'c.json': '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
      // Spans that say nothing of MCP: one alone, one inside of another, one that ties two traces, a server's.
      'd.json': `{"resourceSpans":[{"scopeSpans":[{"spans":[${[
        internalSpan('1', {}),
        internalSpan('2', { parentSpanId: 'b'.repeat(16) }),
        internalSpan('3', { links: [{ traceId: 'c'.repeat(32) }] }),
        internalSpan('4', { kind: 2 }),
      ].join(',')}]}]}]}`,
    },
    stored: 3,
    excluded: 4,
    reasons: [
      'an OTLP log record: evidence is read from spans',
      'an MCP protocol message, not a telemetry record',
    ],
  },
  'a byte order mark': { files: { 'a.ndjson': `\ufeff${A}\n${B}` }, stored: 2, reasons: [] },
  'UTF-16, either way round': {
    files: {
      'a.json': Buffer.from(`\ufeff[${A}]`, 'utf16le'),
      'b.ndjson': utf16be(`${B}\n${C}\n`),
    },
    stored: 3,
    reasons: [],
  },
  'CRLF, blank lines and white space': {
    files: { 'a.ndjson': `\r\n${A}\r\n\r\n \t\r\n${B}\r\n`, 'b.json': `\r\n[\r\n${C}\r\n]\r\n` },
    stored: 3,
    reasons: [],
  },
  'empty files': {
    files: {
      'a.json': '',
      'b.ndjson': '\n \n',
      'c.csv': '',
      'd.json.gz': gzipSync(''),
      'e.csv': `${header}\n`,
      'f.parquet': '',
    },
    stored: 0,
    // A table with a header and no rows is a whole answer; white space is no record.
    reasons: ['an empty file', 'an empty file', 'an empty file'],
  },
  'a gzip file that was cut': {
    files: { 'a.ndjson.gz': gzipSync(`${A}\n{"Id":"${noise()}"}`).subarray(0, -400) },
    stored: 1,
    reasons: [/^the gzip data is damaged or cut short: /, NOT_JSON],
  },
  'gzip data with other bytes behind it': {
    files: {
      'a.ndjson.gz': Buffer.concat([gzipSync(`${A}\n${B}`), Buffer.from('other bytes')]),
      'b.csv.gz': Buffer.concat([gzipSync(`${header}\n${csvRow(3)}\n`), Buffer.from('more')]),
    },
    stored: 3,
    reasons: [
      /^other bytes follow the gzip data, which ends after \d+ bytes$/,
      /^other bytes follow/,
    ],
  },
  'gzip data behind gzip data, and zeroes behind that': {
    files: { 'a.ndjson.gz': Buffer.concat([gzipSync(`${A}\n`), gzipSync(B), Buffer.alloc(9)]) },
    stored: 2,
    reasons: [],
  },
  'a .gz that is not gzip': {
    files: { 'a.ndjson.gz': A, 'b.csv.gz': csvRow(1) },
    stored: 0,
    reasons: [
      'its name ends in .gz, but it is not gzip data',
      'its name ends in .gz, but it is not gzip data',
    ],
  },
  'gzip data under a plain name': { files: { 'a.json': gzipSync(A) }, stored: 1, reasons: [] },
  'a .parquet that is not Parquet': {
    files: { 'a.parquet': A, 'b.parquet.gz': gzipSync(B) },
    stored: 0,
    reasons: [/^not Parquet: /, /^not Parquet: /],
  },
  'CSV with quotes, line breaks and commas inside quotes': {
    files: {
      'a.csv': `${header}\r\n"AppRequests","2026-11-20T10:00:01Z","s,1","t1","{""k"":\n\n""two, lines""}"\r\n`,
    },
    stored: 1,
    reasons: [],
  },
  'CSV with a line that has too few cells, and one with too many': {
    files: {
      'a.csv': [
        header,
        csvRow(1),
        'AppRequests,2026-11-20T10:00:09Z',
        `${csvRow(2)},more`,
        csvRow(3),
      ].join('\n'),
    },
    // What stands past the header has no name; the rest of the line is as good as any.
    stored: 3,
    reasons: ['a CSV line that does not fit its header: missing columns'],
  },
  'CSV in UTF-8 with a mark, and in UTF-16': {
    files: {
      'a.csv': `\ufeff${header}\n${csvRow(1)}\n`,
      'b.csv': utf16be(`${header}\n${csvRow(2)}\n`),
    },
    stored: 2,
    reasons: [],
  },
  'CSV inside gzip, whatever its encoding and name': {
    files: {
      'a.csv.gz': gzipSync(`${header}\n${csvRow(1)}\n`),
      'b.csv': gzipSync(utf16be(`${header}\n${csvRow(2)}\n`)),
    },
    stored: 2,
    reasons: [],
  },
  'CSV inside gzip that was cut': {
    files: {
      'a.csv.gz': gzipSync(`${header}\n${csvRow(1)}\n${noise()}`).subarray(0, -400),
    },
    stored: 1,
    reasons: [
      /^the gzip data is damaged or cut short: /,
      /^a CSV line that does not fit its header: /,
    ],
  },
  'bytes that are no UTF-8': {
    files: {
      'a.ndjson': Buffer.concat([
        Buffer.from(A.slice(0, -5)),
        Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from(`"}\n${B}`),
      ]),
    },
    stored: 2,
    reasons: [],
  },
  'envelopes that promise records and hold none': {
    files: {
      'a.ndjson': [
        '{"resourceSpans":[{"scopeSpans":5}]}',
        '{"resourceSpans":[{"instrumentationLibrarySpans":[{"spans":[{}]}]}]}',
        '{"resourceLogs":[1]}',
        '{"tables":[{"name":"PrimaryResult"}]}',
        B,
      ].join('\n'),
    },
    stored: 1,
    reasons: Array.from({ length: 4 }, () => 'an envelope that holds no record'),
  },
  'envelopes that are empty and say so': {
    files: {
      'a.ndjson': '{"records":[]}\n{"resourceSpans":[]}\n[]\n{"tables":[{"columns":[],"rows":[]}]}',
    },
    stored: 0,
    reasons: [],
  },
  'an answer that is partial': {
    files: {
      'a.json': `{"tables":[{"name":"PrimaryResult","columns":[{"name":"Type"}],"rows":[["Nowhere"]]}],"error":{"code":"PartialError"}}\n${B}`,
    },
    stored: 1,
    reasons: [
      'the answer to a query says that it is partial: rows are missing',
      "no source reads the table 'Nowhere'",
    ],
  },
  'deep envelopes beside flat ones': {
    files: { 'a.ndjson': [5, 1, 4, 1, 6, 1].map((times, no) => wrappedAs(no, times)).join('\n') },
    stored: 6,
    reasons: [],
  },
  'a record inside six envelopes': { files: { 'a.json': wrapped(6) }, stored: 1, reasons: [] },
  'a record inside seven envelopes': {
    files: { 'a.json': `${wrapped(7)}\n${B}` },
    stored: 1,
    reasons: [/envelope/],
  },
};

describe('the rest goes in', () => {
  test.each(Object.entries(cases))('%s', async (_, { files, stored, reasons, excluded = 0 }) => {
    using run = await ingesting(files);

    const summary = await run.ingest();

    expect(await reasonsIn(run)).toEqual(
      [...reasons].map((reason) =>
        typeof reason === 'string' ? reason : expect.stringMatching(reason),
      ),
    );
    expect(counts(summary)).toEqual({
      received: stored + reasons.length + excluded,
      stored,
      duplicate: 0,
      rejected: reasons.length,
      excluded,
    });
    expect(summary.isPartial).toBe(reasons.length > 0);
  });
});

describe('--table', () => {
  const bare = '{"TimeGenerated":"2026-11-20T10:00:01Z","Id":"s1","OperationId":"t1"}';

  test('reads records that do not tell what they are', async () => {
    using run = await ingesting({ 'a.ndjson': `${bare}\n{"Id":"s2"}` });

    expect(counts(await run.ingest({ table: 'requests' }))).toMatchObject({
      stored: 1,
      rejected: 1,
    });
    expect(await reasonsIn(run)).toEqual(['no usable time']);
  });

  test('that no source reads is refused before anything is read', async () => {
    using run = await ingesting({ 'a.ndjson': A });

    await expect(run.ingest({ table: 'Syslog' })).rejects.toMatchObject({
      code: 'usage_invalid',
      message: "No source reads the table 'Syslog'.",
    });
    expect(await run.store.rows('from ingest_batches')).toEqual([]);
  });
});

describe('paths', () => {
  test('files of a folder that are something else are left alone and named', async () => {
    using run = await ingesting({
      'a.json': A,
      'notes.md': '#',
      'sub/b.NDJSON': B,
      'sub/c.txt': C,
    });

    symlinkSync('gone.json', join(run.folder, 'lost.json'));
    execFileSync('mkfifo', [join(run.folder, 'pipe.json')]);

    const summary = await run.ingest();

    expect(summary).toMatchObject({ files: 2, stored: 2 });
    expect(summary.ignored.map((path) => path.slice(run.folder.length + 1))).toEqual([
      'lost.json',
      'notes.md',
      'pipe.json',
      'sub/c.txt',
    ]);
  });

  test('a file that was named and does not say what it is is an error', async () => {
    using run = await ingesting({ 'a.txt': A });

    await expect(run.ingest({}, ['a.txt'])).rejects.toMatchObject({
      code: 'input_invalid',
      message: `'${run.folder}/a.txt' does not say by its name what it is.`,
      fix: 'Rename it to .json, .ndjson, .jsonl, .csv, .parquet or .avro, each also with .gz.',
    });
  });

  test.each([
    ['no.json', "There is no file or folder '", 'files_missing'],
    ['no/*.json', "No file is at '", 'files_missing'],
    ['*.json', "No file is at '", 'files_not_yet'],
    ['.', "No file is at '", 'files_not_yet'],
  ])('%s gives nothing: an error that names it', async (name, problem, code) => {
    using run = await ingesting({});

    await expect(run.ingest({}, [name])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(problem),
      fix: 'Check the path; quote a pattern so that mcp-witness sees it.',
    });
  });

  test('a glob that fits none of the files of its folder is more likely wrong', async () => {
    using run = await ingesting({ 'sub/a.json': A });

    await expect(run.ingest({}, ['*.jsn'])).rejects.toMatchObject({ code: 'files_missing' });
  });

  test('a glob, a folder and a file that overlap are read once', async () => {
    using run = await ingesting({ 'a.json': A, 'sub/b.json': B });

    expect(await run.ingest({}, ['.', '**/*.json', 'a.json'])).toMatchObject({
      files: 2,
      received: 2,
    });
  });
});

test('a folder is read through links, each folder once', async () => {
  using run = await ingesting({ 'elsewhere.target': A, 'in/b.ndjson': B });
  symlinkSync('../elsewhere.target', join(run.folder, 'in', 'a.json'));
  symlinkSync('.', join(run.folder, 'in', 'again'));

  expect((await run.ingest({}, ['in'])).stored).toBe(2);
});

/** Text that gzip cannot make much smaller, so that a cut falls inside it. */
function noise(): string {
  return Array.from({ length: 100 }, (_, no) =>
    createHash('sha256').update(`${no}`).digest('hex'),
  ).join('');
}

function counts({ received, stored, duplicate, rejected, excluded }: IngestSummary): object {
  return { received, stored, duplicate, rejected, excluded };
}

async function reasonsIn({ store }: { store: Parameters<typeof rejectsOf>[0] }): Promise<string[]> {
  return (await rejectsOf(store)).map(({ reason }) => String(reason));
}
