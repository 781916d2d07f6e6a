import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../ingest/config/config.ts';
import { written } from './written-files.ts';

const FULL = `store: { engine: duckdb, path: ./data/witness.duckdb }
sources:
  - { name: gateway, kind: files, paths: ["./telemetry/**/*", one.json], apis: [weather-*] }
  - { name: stream, kind: event-hubs, namespace: contoso.servicebus.windows.net, hub: apim-logs, consumer_group: mcp-witness }
  - { name: emulator, kind: event-hubs, connection_string_env: EVENT_HUBS_CONNECTION, hub: apim-logs, start: 2026-11-01T00:00:00+01:00 }
  - { name: workspace, kind: log-analytics, workspace_id: 0000-1111, tables: [ApiManagementGatewayLogs, AppRequests] }
inventory: [./inventory.yaml]
prices: [./prices.yaml]
slos: [./slos/*.yaml]
correlation: { skew: 5s, lateness: 12h, session_idle: 45m }
redaction: { keep: [tool_name], pseudonymise: [caller_ip] }
retention: { evidence: 400d, verdicts: 2555d }
azure: { api_management: [/subscriptions/s/resourcegroups/rg/providers/Microsoft.ApiManagement/service/apim], endpoint: "https://management.usgovcloudapi.net" }
`;

test('every key is read, and paths resolve against the folder of the config', () => {
  const folder = written({
    'mcp-witness.yaml': FULL,
    'inventory.yaml': '',
    'prices.yaml': '',
    'slos/b.yaml': '',
    'slos/a.yaml': '',
  });

  expect(loadConfig(join(folder, 'mcp-witness.yaml'))).toEqual({
    file: join(folder, 'mcp-witness.yaml'),
    folder,
    store: { engine: 'duckdb', path: join(folder, 'data/witness.duckdb') },
    sources: [
      {
        name: 'gateway',
        kind: 'files',
        apis: ['weather-*'],
        paths: [join(folder, 'telemetry/**/*'), join(folder, 'one.json')],
        table: undefined,
      },
      {
        name: 'stream',
        kind: 'event-hubs',
        apis: [],
        hub: 'apim-logs',
        namespace: 'contoso.servicebus.windows.net',
        connectionStringEnv: undefined,
        consumerGroup: 'mcp-witness',
        start: 'earliest',
      },
      {
        name: 'emulator',
        kind: 'event-hubs',
        apis: [],
        hub: 'apim-logs',
        namespace: undefined,
        connectionStringEnv: 'EVENT_HUBS_CONNECTION',
        consumerGroup: '$Default',
        start: '2026-10-31T23:00:00.000Z',
      },
      {
        name: 'workspace',
        kind: 'log-analytics',
        apis: [],
        workspaces: ['0000-1111'],
        resource: undefined,
        tables: ['ApiManagementGatewayLogs', 'AppRequests'],
        endpoint: 'https://api.loganalytics.io/v1',
        start: '30d',
        settleMs: 1_800_000,
      },
    ],
    inventory: [join(folder, 'inventory.yaml')],
    prices: [join(folder, 'prices.yaml')],
    slos: [join(folder, 'slos/a.yaml'), join(folder, 'slos/b.yaml')],
    correlation: { skewMs: 5_000, latenessMs: 43_200_000, sessionIdleMs: 2_700_000 },
    redaction: { keep: ['tool_name'], pseudonymise: ['caller_ip'] },
    retention: { evidenceDays: 400, verdictsDays: 2555 },
    azure: {
      apiManagement: [
        '/subscriptions/s/resourcegroups/rg/providers/Microsoft.ApiManagement/service/apim',
      ],
      applicationInsights: [],
      endpoint: 'https://management.usgovcloudapi.net',
    },
  });
});

test('an empty config gives the defaults', () => {
  const file = join(written({ 'mcp-witness.yaml': '# nothing yet\n' }), 'mcp-witness.yaml');

  expect(loadConfig(file)).toMatchObject({
    store: { engine: 'duckdb', path: 'witness.duckdb' },
    sources: [],
    inventory: [],
    slos: [],
    correlation: { skewMs: 2_000, latenessMs: 86_400_000, sessionIdleMs: 1_800_000 },
    redaction: { keep: [], pseudonymise: [] },
    retention: { evidenceDays: undefined, verdictsDays: undefined },
    azure: {
      apiManagement: [],
      applicationInsights: [],
      endpoint: 'https://management.azure.com',
    },
  });
});

test('without a config in the current folder the defaults hold', () => {
  expect(loadConfig()).toMatchObject({ file: undefined, sources: [], inventory: [] });
});

test('a folder whose own name looks like a glob is taken literally', () => {
  const folder = written(
    { 'mcp-witness.yaml': 'slos: ["*.slo.yaml"]', 'a.slo.yaml': '' },
    'data (old) [1]-',
  );

  expect(loadConfig(join(folder, 'mcp-witness.yaml')).slos).toEqual([join(folder, 'a.slo.yaml')]);
});

const wrong = {
  'an unknown key': [
    'store: {}\ninventry: []\n',
    "mcp-witness.yaml:2: the document has an unknown field 'inventry'.",
    'Remove it, or use one of: azure, correlation, inventory, prices, redaction, retention, slos, sources, store.',
  ],
  'a gateway by its name alone': [
    'azure: { api_management: [contoso-apim] }\n',
    'mcp-witness.yaml:1: \'azure.api_management.0\' must match pattern "^/[Ss]ubscriptions/[^/\\s]+/[Rr]esource[Gg]roups/[^/\\s]+/providers/[Mm]icrosoft\\.[Aa]pi[Mm]anagement/service/[^/\\s]+$".',
    "Write the service's ARM id: az apim list --query [].id -o tsv.",
  ],
  'a source without a kind': [
    'sources:\n  - { name: a }\n',
    "mcp-witness.yaml:2: 'sources.0' must have required property 'kind'.",
    "Add 'kind'.",
  ],
  'a kind of source that does not exist': [
    'sources:\n  - { name: a, kind: kafka }\n',
    "mcp-witness.yaml:2: 'sources.0.kind' must be one of: files, event-hubs, log-analytics.",
    'Use one of the values listed.',
  ],
  'a field of another kind of source': [
    'sources:\n  - name: a\n    kind: files\n    paths: [x]\n    hub: h\n',
    "mcp-witness.yaml:5: 'sources.0' has an unknown field 'hub'.",
    'Remove it, or use one of: apis, kind, mapping, name, paths, table.',
  ],
  'a connection string in the file': [
    'sources:\n  - { name: a, kind: event-hubs, hub: h, connection_string_env: "Endpoint=sb://x/;SharedAccessKey=k" }\n',
    'mcp-witness.yaml:2: \'sources.0.connection_string_env\' must match pattern "^[A-Za-z_][A-Za-z0-9_]*$".',
    'Write the name of an environment variable, not the connection string itself.',
  ],
  'an event hub that cannot be reached': [
    'sources:\n  - { name: a, kind: event-hubs, hub: h }\n',
    "mcp-witness.yaml:2: the source 'a' has neither 'namespace' nor 'connection_string_env'.",
    "Give 'namespace' to sign in with Microsoft Entra ID, or 'connection_string_env' to name the variable that holds a connection string.",
  ],
  'two sources of one name': [
    'sources:\n  - { name: a, kind: files, paths: [x] }\n  - { name: a, kind: files, paths: [y] }\n',
    "mcp-witness.yaml:3: the source name 'a' is already taken.",
    'Give each source a name of its own; checkpoints are kept by it.',
  ],
  'a duration without a unit': [
    'correlation:\n  skew: 2\n',
    "mcp-witness.yaml:2: 'correlation.skew' must be string.",
    "Write a number and a unit, such as '2s', '30m' or '24h'.",
  ],
  'a list that is a text': [
    'inventory: ./inventory.yaml\n',
    "mcp-witness.yaml:1: 'inventory' must be array.",
    "Write a list of paths, such as '[./inventory.yaml]'; globs are allowed.",
  ],
  'a column that cannot be pseudonymised': [
    'redaction: { pseudonymise: [tool_name] }\n',
    "mcp-witness.yaml:1: 'redaction.pseudonymise.0' must be one of: caller_identity, caller_ip.",
    'Use one of the values listed.',
  ],
  'a column that cannot be kept': [
    'redaction:\n  keep: [toolname]\n',
    "mcp-witness.yaml:2: 'redaction.keep.0' must be one of: agent_id, approval_id, arguments_hash, cache_status, client_name, client_version, conversation_id, correlation_id, downstream_resource, environment, error_type, http_method, linked_operation_id, mcp_method, mcp_session_id, model, operation_id, parent_span_id, region, resource_id, result_code, result_type, rpc_request_id, server_id, server_version, span_id, subscription_id, tags, token_id, tool_name, url_path.",
    'Use one of the values listed.',
  ],
  'an engine that is none of ours': [
    'store:\n  engine: postgres\n',
    "mcp-witness.yaml:2: 'store.engine' must be one of: duckdb, clickhouse.",
    'Use one of the values listed.',
  ],
  'a server that is not named': [
    'store: { engine: clickhouse, database: witness }\n',
    "mcp-witness.yaml:1: a store of the engine 'clickhouse' needs 'url'.",
    'Write it as \'{ engine: clickhouse, url: "https://clickhouse.example:8443", database: witness }\'.',
  ],
  'a file on a server': [
    'store:\n  engine: clickhouse\n  path: ./w.duckdb\n',
    "mcp-witness.yaml:3: 'store.path' is of the engine 'duckdb', and the engine is 'clickhouse'.",
    "Remove it, or write 'engine: duckdb'.",
  ],
  'a server for a file': [
    'store:\n  url: https://clickhouse.example:8443\n',
    "mcp-witness.yaml:2: 'store.url' is of the engine 'clickhouse', and the engine is 'duckdb'.",
    "Remove it, or write 'engine: clickhouse'.",
  ],
  'a password in an address': [
    'store:\n  engine: clickhouse\n  database: witness\n  url: https://me:hidden@clickhouse.example:8443\n',
    "mcp-witness.yaml:4: 'store.url' holds a user or a password.",
    'Take them out, and give them as CLICKHOUSE_USER and CLICKHOUSE_PASSWORD in the environment.',
  ],
  'an address that is none': [
    'store: { engine: clickhouse, url: "clickhouse.example:8443", database: witness }\n',
    "mcp-witness.yaml:1: 'store.url' is not the address of an HTTP interface.",
    "Write a scheme, a host and a port and nothing else, such as 'https://clickhouse.example:8443'.",
  ],
  'a cluster that cannot be named': [
    'store: { engine: clickhouse, url: "https://clickhouse.example", database: witness, cluster: "a\'b" }\n',
    'mcp-witness.yaml:1: \'store.cluster\' must match pattern "^[A-Za-z0-9_.-]+$".',
    "Write the name of a cluster as ClickHouse's own configuration has it.",
  ],
  'memory without a unit': [
    'store: { memory_limit: "6" }\n',
    'mcp-witness.yaml:1: \'store.memory_limit\' must match pattern "^[1-9][0-9]* ?(MB|MiB|GB|GiB)$".',
    "Write how much memory DuckDB may take, such as '6GB'; it takes 1200MB where nothing is said.",
  ],
  'a start that is no time': [
    'sources:\n  - { name: a, kind: event-hubs, hub: h, namespace: n.example, start: 2026-02-30 }\n',
    "mcp-witness.yaml:2: 'sources.0.start': '2026-02-30' is not a time.",
    "Write a date ('2026-11-21') or an ISO time ('2026-11-21T10:00:00Z').",
  ],
  'two ways to read the same records': [
    'sources:\n  - { name: a, kind: files, paths: [x], table: AppRequests, mapping: ./own.sql }\n',
    "mcp-witness.yaml:2: the source 'a' has both 'table' and 'mapping'.",
    "Give 'table' where all records are of one of our tables, or 'mapping' to read them with a source file of your own.",
  ],
  'two documents': [
    'store: {}\n---\nprices: []\n',
    'mcp-witness.yaml:3: a second document starts here; only one is read.',
    "Put everything into one document, without a line '---' between.",
  ],
} as const;

test.each(Object.entries(wrong))('%s is refused with its line', (_, [text, problem, fix]) => {
  const folder = written({ 'mcp-witness.yaml': text });

  expect(() => loadConfig(join(folder, 'mcp-witness.yaml'))).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: join(folder, problem),
      fix,
    }),
  );
});

test.each(['inventory', 'prices', 'slos'])('%s must name files that are there', (key) => {
  const folder = written({ 'mcp-witness.yaml': `store: {}\n${key}: [gone/*.yaml]\n` });

  expect(() => loadConfig(join(folder, 'mcp-witness.yaml'))).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: `${folder}/mcp-witness.yaml:2: no file is at '${folder}/gone/*.yaml'.`,
      fix: "Correct the path; it is relative to the config file's folder.",
    }),
  );
});

test('a store on ClickHouse is an address and a database; users are in no file', () => {
  const store =
    'store: { engine: clickhouse, url: "https://ch.example:8443/", database: witness }\n';
  const folder = written({ 'mcp-witness.yaml': store });

  expect(loadConfig(join(folder, 'mcp-witness.yaml')).store).toEqual({
    engine: 'clickhouse',
    url: 'https://ch.example:8443',
    database: 'witness',
  });
});

test('a config that was named but is not there is refused', () => {
  expect(() => loadConfig('/nowhere/witness.yaml')).toThrow(
    expect.objectContaining({
      code: 'input_missing',
      fix: 'Check the path and its permissions.',
    }),
  );
});
