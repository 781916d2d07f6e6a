import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { hubRun, positionsOf, temporaryFolder } from './hub-run.ts';
import { correlationId, gatewayRecord } from './peer/gateway-events.ts';

const CSV = packagePath('examples/sources/gateway_csv.sql');

test("our policy's record and the diagnostic setting's are one event, with the richer copy kept", async () => {
  await using run = await hubRun({ partitions: 1 });
  const resource = /"resourceId":"([^"]+)"/.exec(gatewayRecord('0', 1))?.[1] ?? '';
  run.peer.append('0', { body: Buffer.from(`{"records":[${gatewayRecord('0', 1)}]}`) });
  run.peer.append('0', {
    body: Buffer.from(
      JSON.stringify({
        type: 'mcp.gateway_request',
        timestamp: '2026-11-01T00:00:00.1Z',
        resource_id: resource.toLowerCase(),
        correlation_id: correlationId('0', 1),
        server_id: 'weather-mcp',
        http_method: 'POST',
        http_status: 200,
        tool_name: 'get_forecast',
        agent_id: 'helpdesk-bot',
      }),
    ),
  });

  expect(await run.ingest()).toMatchObject({ received: 2, stored: 1, duplicate: 1, rejected: 0 });
  expect(await run.store.rows('select agent_id, tool_name, source_rank from events')).toEqual([
    { agent_id: 'helpdesk-bot', tool_name: 'get_forecast', source_rank: 0 },
  ]);
});

test('lines of text are read by a source file of the user', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.peer.append('0', {
    body: Buffer.from(
      '2026-11-20T10:00:00Z,weather-mcp,r-1,203.0.113.9,200\n2026-11-20T10:00:01Z,weather-mcp,r-2,203.0.113.9,401\n',
    ),
  });
  run.peer.append('0', { body: Buffer.from('2026-11-20T10:00:02Z,"weather-mcp') });

  expect(await run.ingest({}, { mapping: CSV })).toMatchObject({
    received: 3,
    stored: 2,
    rejected: 1,
  });
  expect(
    await run.store.rows('select server_id, http_status from events order by occurred_at'),
  ).toEqual([
    { server_id: 'weather-mcp', http_status: 200 },
    { server_id: 'weather-mcp', http_status: 401 },
  ]);
  expect(await run.store.rows('select record_no, reason from rejected_records')).toEqual([
    { record_no: 1, reason: 'not five cells' },
  ]);
});

const CUT_BYTES = 200 * 1024;
const csvLine = (no: number): string =>
  `2026-11-20T10:00:00Z,weather-mcp,r-${String(no).padStart(5, '0')},203.0.113.9,200\n`;
const LINE_BYTES = csvLine(0).length;

/** Lines that the sender cut at its limit, with that many bytes of the last line missing. */
function cutCsv(missing: number): string {
  const lines = Array.from({ length: CUT_BYTES / LINE_BYTES + 1 }, (_, no) => csvLine(no));
  const pad = ' '.repeat((CUT_BYTES + missing) % LINE_BYTES);
  return (pad + lines.join('')).slice(0, CUT_BYTES);
}

test('a line of text that was cut at 200 KB is set aside, the whole lines before it are stored', async () => {
  await using run = await hubRun({ partitions: 1 });
  const cut = cutCsv(2);
  const whole = cut.split('\n').length - 1;
  expect(cut.slice(-8)).toBe('113.9,20');
  run.peer.append('0', { body: Buffer.from(csvLine(90_000)) });
  run.peer.append('0', { body: Buffer.from(cut) });
  run.peer.append('0', { body: Buffer.from(csvLine(90_001).trimEnd()) });

  expect(await run.ingest({}, { mapping: CSV })).toMatchObject({
    received: whole + 3,
    stored: whole + 2,
    rejected: 1,
    isPartial: true,
  });
  expect(await run.store.rows('select distinct http_status from events')).toEqual([
    { http_status: 200 },
  ]);
  expect(
    await run.store.rows('select source, record_no, reason, record_bytes from rejected_records'),
  ).toEqual([
    {
      source: expect.stringMatching(/\/apim-logs\/mcp-witness\/0$/),
      record_no: 1,
      reason: 'cut off at 200 KB by log-to-eventhub',
      record_bytes: LINE_BYTES - 2,
    },
  ]);
  expect(await positionsOf(run.store)).toEqual({ '0': 2 });
});

test('text of the length of the limit that ends with a line break is whole', async () => {
  await using run = await hubRun({ partitions: 1 });
  const body = cutCsv(0);
  run.peer.append('0', { body: Buffer.from(body) });

  expect(await run.ingest({}, { mapping: CSV })).toMatchObject({
    stored: body.split('\n').length - 1,
    rejected: 0,
  });
});

test('one line that is longer than the limit is set aside', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.peer.append('0', { body: Buffer.from(cutCsv(2).replaceAll('\n', ' ')) });
  run.peer.append('0', { body: Buffer.from(csvLine(1)) });

  expect(await run.ingest({}, { mapping: CSV })).toMatchObject({ stored: 1, rejected: 1 });
  expect(await run.store.rows('select record_no, reason from rejected_records')).toEqual([
    { record_no: 0, reason: 'cut off at 200 KB by log-to-eventhub' },
  ]);
});

const OWN_JSON = `-- source:  AiUsage
-- purpose: Usage records of a gateway of one's own.
-- recognised: fields productname prompttokens

select
    record_id,
    0 as item_no,
    pick(k, v, 'id') as natural_key,
    cast(1 as smallint) as source_rank,
    case when as_time(pick(k, v, 'timestamp')) is null then 'no usable time' end as reject_reason,
    'model' as layer,
    'tokens' as kind,
    as_time(pick(k, v, 'timestamp')) as occurred_at,
    as_bigint(pick(k, v, 'prompttokens')) as input_tokens,
    cast(1 as bigint) as weight

from records
`;

test('a source file that says what it recognises leaves all else to ours', async () => {
  using folder = temporaryFolder();
  const mapping = join(folder.path, 'usage.sql');
  writeFileSync(mapping, OWN_JSON);
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 1);
  run.peer.append('0', {
    body: Buffer.from(
      '{"id":"1","timestamp":"5/24/2024 2:45:56 PM","productName":"p","promptTokens":"12"}',
    ),
  });

  expect(await run.ingest({}, { mapping })).toMatchObject({ received: 2, stored: 2 });
  expect(
    await run.store.rows('select source_table, input_tokens from events order by source_table'),
  ).toEqual([
    { source_table: 'AiUsage', input_tokens: 12 },
    { source_table: 'ApiManagementGatewayLogs', input_tokens: null },
  ]);
});

const APPROVED = `-- source: Approvals
select
    record_id,
    0 as item_no,
    pick(k, v, 'id') as natural_key,
    cast(1 as smallint) as source_rank,
    pick(k, v, 'layer') as layer,
    pick(k, v, 'kind') as kind,
    as_time(pick(k, v, 'at')) as occurred_at,
    pick(k, v, 'mode') as authorization_mode,
    pick(k, v, 'result') as approval_result,
    pick(k, v, 'by') as agent_id_source,
    cast(1 as bigint) as weight
from records
`;

test('what a source file gives is held to the words that are published', async () => {
  using folder = temporaryFolder();
  const mapping = join(folder.path, 'approvals.sql');
  writeFileSync(mapping, APPROVED);
  await using run = await hubRun({ partitions: 1 });
  const whole = { layer: 'approval', kind: 'decision', at: '2026-11-20T10:00:00Z' };
  const records = [
    { id: 'a', ...whole, mode: 'MSI', result: 'Granted', by: 'Token' },
    { id: 'b', ...whole, mode: 'aprooved', result: 'maybe', by: 'guess' },
    { id: 'c', ...whole },
    { id: 'd', ...whole, layer: 'platform', kind: 'whatever it is called there' },
    { id: 'e', ...whole, layer: 'aproval' },
    { id: 'f', ...whole, kind: null },
    { id: 'g', ...whole, at: 'yesterday' },
  ];
  run.peer.append('0', {
    body: Buffer.from(records.map((each) => JSON.stringify(each)).join('\n')),
  });

  expect(await run.ingest({}, { mapping })).toMatchObject({
    stored: 4,
    rejected: 3,
    unreadable: 3,
  });
  expect(
    await run.store.rows(
      'select authorization_mode, approval_result, agent_id_source from events order by all nulls last',
    ),
  ).toEqual([
    {
      authorization_mode: 'managed_identity',
      approval_result: 'approved',
      agent_id_source: 'token',
    },
    ...Array(3).fill({ authorization_mode: null, approval_result: null, agent_id_source: null }),
  ]);
  expect(await run.store.rows('select reason from rejected_records order by reason')).toEqual([
    { reason: 'its source file gives a layer and a kind that do not belong together' },
    { reason: 'its source file gives no layer or no kind' },
    { reason: 'no usable time' },
  ]);
});

const wrong: Readonly<Record<string, readonly [string, RegExp]>> = {
  'without a source line': ['select 1', /the header has no line '-- source: NAME'\.$/],
  'that is no SQL': ['-- source: X\nselect from', /usage\.sql: Parser Error: /],
  'that names a column that is not there': [
    `${OWN_JSON.replace('as input_tokens', 'as tokens')}`,
    /usage\.sql: Binder Error: /,
  ],
};

test.each(Object.entries(wrong))(
  'a source file %s is refused before anything is read',
  async (_, [text, message]) => {
    using folder = temporaryFolder();
    const mapping = join(folder.path, 'usage.sql');
    writeFileSync(mapping, text);
    await using run = await hubRun({ partitions: 1 });
    run.fill('0', 1);

    await expect(run.ingest({}, { mapping })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message),
    });
    expect(await run.store.rows('select * from checkpoints')).toEqual([]);
  },
);
