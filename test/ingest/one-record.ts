/** Four records, in every shape in which Azure hands the same record over. */
import { gzipSync } from 'node:zlib';
import { Store } from '../../store/store.ts';

type Record_ = Readonly<Record<string, unknown>>;

const SERVICE =
  '/subscriptions/5C8D1F00-1111-4222-8333-944445555666/resourceGroups/rg-ai/providers/Microsoft.ApiManagement/service/apim-contoso';
const COMPONENT =
  '/subscriptions/5C8D1F00-1111-4222-8333-944445555666/resourceGroups/rg-ai/providers/microsoft.insights/components/appi';
const CORRELATION = '0b6f7a10-0000-4000-8000-000000000099';
const TRACE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

/** Rows as Log Analytics has them; times without digits that an export would cut. */
const TABLE_ROWS: readonly Record_[] = [
  {
    TimeGenerated: '2026-11-20T14:45:56.123Z',
    CorrelationId: CORRELATION,
    ApiId: 'weather-mcp',
    Method: 'POST',
    Url: 'https://apim.example/weather/mcp?subscription-key=abcdefgh',
    ResponseCode: 200,
    IsRequestSuccess: true,
    TotalTime: 212,
    BackendTime: 180,
    BackendUrl: 'https://weather.example/mcp',
    CallerIpAddress: '203.0.113.9',
    Region: 'West Europe',
    RequestHeaders: { 'Mcp-Session-Id': 'sess-A', 'X-Agent-Id': 'bot, "one"' },
    RequestBody: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_tides"}}',
    Type: 'ApiManagementGatewayLogs',
    _ResourceId: SERVICE.toLowerCase(),
  },
  {
    TimeGenerated: '2026-11-20T14:45:56.124Z',
    CorrelationId: CORRELATION,
    Method: 'tools/call',
    ToolName: 'get_tides',
    SessionId: 'sess-A',
    ServerName: 'weather-mcp',
    ClientName: 'helpdesk',
    AuthenticationMethod: 'oauth2',
    Region: 'West Europe',
    Type: 'ApiManagementGatewayMCPLog',
    _ResourceId: SERVICE.toLowerCase(),
  },
  {
    TimeGenerated: '2026-11-20T14:45:56.130Z',
    Id: '00f067aa0ba902b7',
    OperationId: TRACE,
    ParentId: '00f067aa0ba902b6',
    Name: 'POST /mcp',
    Url: 'https://weather.example/mcp',
    Success: true,
    ResultCode: '200',
    DurationMs: 120.25,
    ItemCount: 1,
    AppRoleName: 'weather-tools',
    Properties: { mcp_session_id: 'sess-A', tool_name: 'get_tides', agent_id: 'bot' },
    Type: 'AppRequests',
    _ResourceId: COMPONENT.toLowerCase(),
  },
  {
    TimeGenerated: '2026-11-20T14:45:56.140Z',
    OperationId: TRACE,
    ParentId: '00f067aa0ba902b7',
    Message: 'mcp.tool_call',
    SeverityLevel: 1,
    ItemCount: 1,
    AppRoleName: 'weather-tools',
    Properties: { tool_name: 'get_tides', latency_ms: '118', approval_required: 'False' },
    Type: 'AppTraces',
    _ResourceId: COMPONENT.toLowerCase(),
  },
];

/** File names and contents, one for each shape. */
export async function shapesOfOneRecord(): Promise<Record<string, string | Uint8Array>> {
  const lines = TABLE_ROWS.map((row) => JSON.stringify(row)).join('\n');
  return {
    'table.ndjson': lines,
    'text.ndjson': TABLE_ROWS.map((row) => JSON.stringify(withDynamicsAsText(row))).join('\r\n'),
    'array.json': JSON.stringify(TABLE_ROWS, null, 2),
    'stream.json': JSON.stringify({ records: TABLE_ROWS.map(asStreamed) }),
    'streams.json': JSON.stringify([JSON.stringify({ records: TABLE_ROWS.map(asStreamed) })]),
    'packed.ndjson.gz': gzipSync(lines),
    ...Object.fromEntries(
      TABLE_ROWS.flatMap((row) => [
        [`query-${row['Type']}.json`, JSON.stringify(asAnswer(row))],
        [`portal-${row['Type']}.csv`, asPortalCsv(row)],
      ]),
    ),
    ...(await asParquet()),
  };
}

function withDynamicsAsText(row: Record_): Record_ {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : value,
    ]),
  );
}

/** The diagnostic stream: `properties` in camel case for API Management, flat for App Insights. */
function asStreamed(row: Record_): Record_ {
  const { TimeGenerated: time, _ResourceId: resource, Type: type, ...rest } = row;
  const resourceId = String(resource).toUpperCase();
  if (String(type).startsWith('App')) return { time, resourceId, Type: type, ...rest };
  const category = type === 'ApiManagementGatewayLogs' ? 'GatewayLogs' : 'GatewayMCPLogs';
  const { CorrelationId, TotalTime, Region, IsRequestSuccess, CallerIpAddress, ...inner } = rest;
  return {
    time,
    resourceId,
    category,
    operationName: `Microsoft.ApiManagement/${category}`,
    correlationId: CorrelationId,
    ...(TotalTime === undefined ? {} : { durationMs: TotalTime }),
    location: Region,
    isRequestSuccess: IsRequestSuccess,
    callerIpAddress: CallerIpAddress,
    properties: Object.fromEntries(
      Object.entries(inner).map(([key, value]) => [key[0]?.toLowerCase() + key.slice(1), value]),
    ),
  };
}

function asAnswer(row: Record_): Record_ {
  const plain = withDynamicsAsText(row);
  return {
    tables: [
      {
        name: 'PrimaryResult',
        columns: Object.keys(plain).map((name) => ({ name, type: 'string' })),
        rows: [Object.values(plain)],
      },
    ],
  };
}

function asPortalCsv(row: Record_): string {
  const { TimeGenerated: time, ...rest } = withDynamicsAsText(row);
  const cell = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
  const stamp = `11/20/2026, 2:45:56.${String(time).slice(20, 23)} PM`;
  return [
    ['"TimeGenerated [UTC]"', ...Object.keys(rest).map(cell)].join(','),
    [cell(stamp), ...Object.values(rest).map(cell)].join(','),
    '',
  ].join('\r\n');
}

async function asParquet(): Promise<Record<string, Uint8Array>> {
  const { mkdtempSync, readFileSync, rmSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-test-'));
  using store = await Store.inMemory();
  const files: Record<string, Uint8Array> = {};
  for (const row of TABLE_ROWS) {
    const from = join(folder, 'row.json');
    const to = join(folder, 'row.parquet');
    writeFileSync(from, JSON.stringify(withDynamicsAsText(row)));
    await store.script(
      `copy (select * replace (cast("TimeGenerated" as timestamptz) as "TimeGenerated") from read_json('${from}')) to '${to}'`,
    );
    files[`${row['Type']}.parquet`] = readFileSync(to);
  }
  rmSync(folder, { recursive: true });
  return files;
}
