/** Telemetry of every source with a marker in every place where real telemetry carries secrets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../../core/package-root.ts';
import type { Files } from './ingested.ts';

/** Looks like nothing that a pattern for tokens would know. */
export const CANARY = 'c4n4ryq7zw';

type Fields = Readonly<Record<string, unknown>>;

const SERVICE = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim';
const SECRET_QUERY = `?code=${CANARY}&sig=${CANARY}&subscription-key=${CANARY}&api-version=1`;
const SECRET_HEADERS = {
  Authorization: `Bearer ${CANARY}`,
  Cookie: `session=${CANARY}; other=${CANARY}`,
  'Set-Cookie': `session=${CANARY}; Path=/`,
  'Ocp-Apim-Subscription-Key': CANARY,
  'api-key': CANARY,
  'x-api-key': CANARY,
  'x-functions-key': CANARY,
  'Proxy-Authorization': `Basic ${CANARY}`,
};
const REQUEST = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'get_tides', arguments: { password: CANARY, deep: [{ note: CANARY }] } },
});
const RESPONSE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: CANARY }], structuredContent: { x: CANARY } },
});
const FAILURE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  error: { code: -32602, message: CANARY, data: { x: CANARY } },
});
const MESSAGES = [{ role: 'user', content: `my password is ${CANARY}` }];

/** Custom dimensions and span attributes with content that is never kept. */
const SECRET_PROPERTIES = {
  tool_name: 'get_tides',
  agent_id: 'helpdesk-bot',
  mcp_session_id: 'sess-A',
  caller_identity: 'ana@contoso.com',
  'gen_ai.tool.call.arguments': JSON.stringify({ token: CANARY }),
  'gen_ai.tool.call.result': CANARY,
  'gen_ai.input.messages': JSON.stringify(MESSAGES),
  'gen_ai.output.messages': JSON.stringify(MESSAGES),
  'gen_ai.system_instructions': CANARY,
  'Request-Body': REQUEST,
  'Response-Body': RESPONSE,
  'request-body': REQUEST,
  'Request-Authorization': `Bearer ${CANARY}`,
  'Request-Cookie': CANARY,
  'Request-Ocp-Apim-Subscription-Key': CANARY,
  'error.message': CANARY,
  'auth.type': CANARY,
  arguments_hash: `Bearer ${CANARY}`,
  'exception.message': CANARY,
  'exception.stacktrace': `at x(${CANARY})`,
  'url.full': `https://user:${CANARY}@weather.example/mcp${SECRET_QUERY}`,
  'url.query': `code=${CANARY}`,
  downstream_resource: `https://user:${CANARY}@kv.example/secrets${SECRET_QUERY}`,
  error_type: `Unauthorized: Bearer ${CANARY}`,
};

const gateway = (no: number, more: Fields = {}): Fields => ({
  Type: 'ApiManagementGatewayLogs',
  TimeGenerated: '2026-11-20T10:00:00Z',
  CorrelationId: `c-${no}`,
  ApiId: 'weather-mcp',
  Method: 'POST',
  Url: `https://apim.example/weather/mcp${SECRET_QUERY}`,
  BackendUrl: `https://user:${CANARY}@weather.example/mcp${SECRET_QUERY}`,
  ResponseCode: 200,
  CallerIpAddress: '203.0.113.9',
  RequestHeaders: { 'Mcp-Session-Id': 'sess-A', ...SECRET_HEADERS },
  ResponseHeaders: SECRET_HEADERS,
  BackendRequestHeaders: SECRET_HEADERS,
  BackendResponseHeaders: SECRET_HEADERS,
  RequestBody: REQUEST,
  ResponseBody: RESPONSE,
  BackendRequestBody: REQUEST,
  BackendResponseBody: FAILURE,
  LastErrorMessage: CANARY,
  Errors: [{ message: CANARY }],
  TraceRecords: [
    { source: 'x', message: CANARY, metadata: { 'request-body': REQUEST, note: CANARY } },
  ],
  _ResourceId: SERVICE,
  ...more,
});

const insights = (type: string, more: Fields): Fields => ({
  Type: type,
  TimeGenerated: '2026-11-20T10:00:00Z',
  OperationId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  OperationName: `POST /mcp${SECRET_QUERY}`,
  AppRoleName: 'weather-tools',
  ItemCount: 1,
  Properties: SECRET_PROPERTIES,
  ...more,
});

const signIn = (type: string, more: Fields = {}): Fields => ({
  Type: type,
  CreatedDateTime: '2026-11-20T10:00:00Z',
  Id: `id-${type}`,
  UniqueTokenIdentifier: 'uti',
  ResultType: '0',
  ResultDescription: CANARY,
  AppId: 'app',
  ServicePrincipalId: 'sp',
  AuthenticationDetails: JSON.stringify([{ x: CANARY }]),
  UserAgent: CANARY,
  ...more,
});

const attribute = ([key, value]: [string, string]): Fields => ({
  key,
  value: { stringValue: value },
});

const RECORDS: readonly Fields[] = [
  gateway(1),
  gateway(2, { ResponseBody: FAILURE, RequestBody: `[${REQUEST},${REQUEST}]` }),
  gateway(3, { RequestBody: REQUEST.slice(0, 90), ResponseBody: `data: ${RESPONSE}\n\n` }),
  gateway(4, { RequestHeaders: JSON.stringify(SECRET_HEADERS), LastErrorReason: 'TokenExpired' }),
  gateway(5, { TimeGenerated: CANARY }),
  {
    category: 'GatewayLogs',
    time: '2026-11-20T10:00:00Z',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    resourceId: SERVICE.toUpperCase(),
    correlationId: 'c-6',
    properties: JSON.stringify({
      apiId: 'weather-mcp',
      url: `https://apim.example/weather/mcp${SECRET_QUERY}`,
      backendUrl: `https://weather.example/mcp${SECRET_QUERY}`,
      requestHeaders: SECRET_HEADERS,
      requestBody: REQUEST,
      responseBody: RESPONSE,
      lastError: { reason: 'TokenExpired', message: CANARY },
    }),
  },
  {
    Type: 'AzureDiagnostics',
    Category: 'GatewayLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    CorrelationId: 'c-7',
    apiId_s: 'weather-mcp',
    url_s: `https://apim.example/weather/mcp${SECRET_QUERY}`,
    backendUrl_s: `https://weather.example/mcp${SECRET_QUERY}`,
    lastError_message_s: CANARY,
    traceRecords_s: JSON.stringify([{ metadata: { 'request-body': REQUEST } }]),
    AdditionalFields: { requestBody: REQUEST },
    _ResourceId: SERVICE,
  },
  {
    Type: 'ApiManagementGatewayMCPLog',
    TimeGenerated: '2026-11-20T10:00:00Z',
    CorrelationId: 'c-1',
    Method: 'tools/call',
    ToolName: 'get_tides',
    McpServerEndpoint: `https://apim.example/weather/mcp${SECRET_QUERY}`,
    ErrorType: 'ToolError',
    Error: `could not log in with ${CANARY}`,
    _ResourceId: SERVICE,
  },
  {
    Type: 'ApiManagementGatewayLlmLog',
    TimeGenerated: '2026-11-20T10:00:00Z',
    CorrelationId: 'c-1',
    SequenceNumber: 0,
    TotalTokens: 3,
    PromptTokens: 2,
    RequestMessages: MESSAGES,
    ResponseMessages: JSON.stringify(MESSAGES),
    _ResourceId: SERVICE,
  },
  insights('AppRequests', {
    Id: '00f067aa0ba902b7',
    Name: 'POST /mcp',
    Url: `https://user:${CANARY}@weather.example/mcp${SECRET_QUERY}`,
    Source: CANARY,
  }),
  insights('AppDependencies', {
    Id: '00f067aa0ba902b8',
    Target: `https://user:${CANARY}@kv.example${SECRET_QUERY}`,
    Data: `https://kv.example/x${SECRET_QUERY}`,
    Name: `GET /x${SECRET_QUERY}`,
  }),
  insights('AppDependencies', {
    Id: '00f067aa0ba902b9',
    DependencyType: 'SQL',
    Data: `select * from users where password = '${CANARY}'`,
  }),
  insights('AppTraces', { Message: `log line with ${CANARY}`, SeverityLevel: 1 }),
  insights('AppTraces', {
    Message: 'mcp.tool_call',
    Properties: JSON.stringify(SECRET_PROPERTIES),
  }),
  insights('AppTraces', {
    Message: 'x',
    Properties: {
      custom_dimensions: `{'tool_name': 'get_tides', 'arguments': '{"a": "${CANARY}"}', 'note': '${CANARY}'}`,
    },
  }),
  insights('AppEvents', { Name: 'mcp.approval' }),
  insights('AppExceptions', {
    ExceptionType: 'System.TimeoutException',
    ProblemId: CANARY,
    Message: CANARY,
    OuterMessage: CANARY,
    InnermostMessage: CANARY,
    Details: [{ message: CANARY, rawStack: CANARY }],
  }),
  signIn('AADServicePrincipalSignInLogs'),
  signIn('AADManagedIdentitySignInLogs'),
  signIn('AADNonInteractiveUserSignInLogs'),
  {
    Type: 'AgentsInfo',
    TimeGenerated: '2026-11-20T10:00:00Z',
    AgentId: 'agent-1',
    Name: 'helpdesk',
    Instructions: CANARY,
    McpServers: [{ url: `https://x.example${SECRET_QUERY}`, key: CANARY }],
    RawAgentInfo: { secret: CANARY },
  },
  {
    '@odata.type': '#microsoft.graph.agentIdentity',
    id: '1b7313c4-0000-4000-8000-000000000001',
    agentIdentityBlueprintId: '631a96bc-0000-4000-8000-000000000001',
    servicePrincipalType: 'ServiceIdentity',
    keyCredentials: [{ key: CANARY }],
    passwordCredentials: [{ secretText: CANARY }],
  },
  {
    id: `${SERVICE}/diagnostics/azuremonitor`,
    type: 'Microsoft.ApiManagement/service/diagnostics',
    properties: { loggerId: 'x', credentials: { connectionString: `AccountKey=${CANARY}` } },
  },
  {
    id: `${SERVICE}/apis/weather-mcp`,
    type: 'Microsoft.ApiManagement/service/apis',
    properties: {
      type: 'mcp',
      serviceUrl: `https://user:${CANARY}@weather.example/mcp${SECRET_QUERY}`,
      description: CANARY,
    },
  },
  {
    id: `${SERVICE}/apis/weather-mcp/tools/t`,
    name: 't',
    type: 'Microsoft.ApiManagement/service/apis/tools',
    properties: { description: CANARY, displayName: 'get_tides' },
  },
  {
    resourceSpans: [
      {
        resource: { attributes: [attribute(['service.name', 'weather-tools'])] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: 'tools/call get_tides',
                kind: 2,
                startTimeUnixNano: '1795345200000000000',
                endTimeUnixNano: '1795345200100000000',
                attributes: Object.entries(SECRET_PROPERTIES).map(attribute),
                events: [
                  { name: 'exception', attributes: [attribute(['exception.message', CANARY])] },
                ],
                status: { code: 2, message: CANARY },
              },
            ],
          },
        ],
      },
    ],
  },
  {
    Type: 'OTelSpans',
    TimeGenerated: '2026-11-20T10:00:00Z',
    TraceId: '5b8efff798038103d269b633813fc60c',
    SpanId: 'eee19b7ec3c1b175',
    Name: 'tools/call get_tides',
    StatusMessage: CANARY,
    Data: CANARY,
    Attributes: JSON.stringify(SECRET_PROPERTIES),
  },
  {
    Type: 'ContainerAppHTTPLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    RequestId: 'r-1',
    Method: 'POST',
    Path: `/mcp${SECRET_QUERY}`,
    StatusCode: 200,
    UserAgent: `x Bearer ${CANARY}`,
  },
  {
    Type: 'AppServiceHTTPLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    CsMethod: 'POST',
    CsUriStem: '/mcp',
    CsUriQuery: SECRET_QUERY.slice(1),
    Cookie: `session=${CANARY}`,
    Referer: `https://x.example/${SECRET_QUERY}`,
    ScStatus: 200,
  },
  {
    Type: 'AppServiceAuthenticationLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    SiteName: 'x',
    StatusCode: 401,
    Message: `no user for the token ${CANARY}`,
    Details: CANARY,
  },
  ...['ContainerAppConsoleLogs', 'AppServiceConsoleLogs', 'FunctionAppLogs'].map((type) => {
    const line = JSON.stringify({ message: `x ${CANARY}`, ...SECRET_PROPERTIES });
    return {
      Type: type,
      TimeGenerated: '2026-11-20T10:00:00Z',
      ContainerAppName: 'x',
      Log: line,
      ResultDescription: line,
      Message: line,
      ExceptionMessage: CANARY,
      ExceptionDetails: CANARY,
    };
  }),
  {
    Type: 'ContainerAppConsoleLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    Log: `password ${CANARY}`,
  },
  {
    Type: 'FunctionAppLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    Message: `Executing 'Functions.x' (Reason='${CANARY}')`,
  },
  {
    Type: 'MicrosoftGraphActivityLogs',
    TimeGenerated: '2026-11-20T10:00:00Z',
    RequestId: 'r-1',
    RequestUri: `https://graph.microsoft.com/v1.0/me/drive/root:/${CANARY}.docx:/content${SECRET_QUERY}`,
    ATContent: CANARY,
  },
  {
    id: 'chatcmpl-1',
    timestamp: '2026-11-20T10:00:00Z',
    gatewayName: `https://user:${CANARY}@apim.example${SECRET_QUERY}`,
    promptTokens: '1',
    responseTokens: '1',
    messages: MESSAGES,
  },
  {
    Type: 'AppMetrics',
    TimeGenerated: '2026-11-20T10:00:00Z',
    Name: 'Total Tokens',
    Sum: 7,
    ItemCount: 1,
    Properties: { note: CANARY, model: `Bearer ${CANARY}` },
  },
  {
    Type: 'AppGenAIContent',
    TimeGenerated: '2026-11-20T10:00:00Z',
    Id: 'content-1',
    InputMessages: MESSAGES,
    OutputMessages: JSON.stringify(MESSAGES),
    SystemInstructions: CANARY,
    ToolCallArguments: CANARY,
    ToolCallResult: CANARY,
    ToolDefinitions: CANARY,
    EvaluationExplanation: CANARY,
    Attributes: SECRET_PROPERTIES,
  },
  ...['AADAgentRiskEvents', 'AADRiskyAgents'].map((type) => ({
    Type: type,
    TimeGenerated: '2026-11-20T10:00:00Z',
    Id: 'risk-1',
    AgentId: 'agent-1',
    RiskLevel: 'high',
    RiskEvidence: CANARY,
    AdditionalInfo: CANARY,
  })),
  // Set aside: the excerpt says what they were, not what they held.
  { Type: 'NoSuchTable', secret: CANARY, [`key ${CANARY.slice(0, 3)}`]: 1 },
  { Type: `Table of ${SECRET_QUERY}`, x: CANARY },
  { Type: { secret: CANARY } },
  { category: `what was asked: ${CANARY}`, time: '2026-11-20T10:00:00Z' },
  { Type: 'AzureDiagnostics', Category: [CANARY] },
  { [CANARY.toUpperCase()]: 'a key of its own is no secret', note: [CANARY, { deep: CANARY }] },
  { records: [{ Type: 'AppRequests', Properties: `{${CANARY}` }] },
];

const MALFORMED = [
  `{"Type":"AppRequests","Url":"https://x.example${SECRET_QUERY}","Properties":{"a":"${CANARY}`,
  `Bearer ${CANARY}`,
  `password ${CANARY} and nothing else`,
  `"a string with \\"${CANARY}\\" in it"`,
  `{"a": "an \\"escaped\\" ${CANARY}", ${CANARY}: ${CANARY}}`,
  `{'a': '${CANARY}'}`,
  `["${CANARY}", ${CANARY}`,
];

const CSV_HEADER = 'TimeGenerated [UTC],CorrelationId,ApiId,ResponseCode,TotalTime,Url,RequestBody';

/** One file for each way in. */
export function telemetryWithSecrets(): Files {
  const lines = RECORDS.map((record) => JSON.stringify(record));
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return {
    'records.ndjson': [...lines, ...MALFORMED].join('\n'),
    'array.json': `[${lines.join(',')},{"Type":"AppRequests","secret":"${CANARY}`,
    'portal.csv': [
      CSV_HEADER,
      `"11/20/2026, 2:45:56.123 PM",c-9,weather-mcp,200,12,https://apim.example/weather/mcp${SECRET_QUERY},${cell(REQUEST)}`,
      `${CANARY},${CANARY}`,
      `"${CANARY}`,
    ].join('\n'),
    'packed.csv.gz': gzipSync(`${CSV_HEADER}\n,c-10,weather-mcp,,,,${cell(REQUEST)}\n`),
    'not.parquet': `PAR1${CANARY}PAR1`,
    'not.json.gz': CANARY,
    'fixture.csv': readFileSync(
      join(packageRoot, 'test/ingest/fixtures/api_management_gateway_logs.portal.csv'),
      'utf8',
    ).replaceAll('sess-G', 'sess-A'),
  };
}
