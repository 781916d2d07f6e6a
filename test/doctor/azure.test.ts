import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ask, temporaryFolder } from '../cli/fleet.ts';
import { gatewayRow } from '../log-analytics/peer/gateway-rows.ts';
import {
  configOf,
  doctor,
  type EstateRun,
  estateRun,
  NOW,
  TABLE,
  WORKSPACE,
} from './estate-run.ts';
import { PRINCIPAL, TENANT } from './peer/peer.ts';
import {
  apiResource,
  COMPONENT,
  componentResource,
  enabled,
  GATEWAY,
  policyResource,
  settingResource,
  soundDiagnostic,
  WORKSPACE_RESOURCE,
  workspaceResource,
} from './peer/resources.ts';

let run: EstateRun;

/** One estate for all of them: who signs in keeps the way to it, and its token, for the process. */
beforeAll(async () => {
  run = await estateRun();
  for (const [name, value] of Object.entries(run.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await run[Symbol.asyncDispose]();
});
beforeEach(() => run.reset());

test('an estate with which nothing is wrong is found so, and nothing is asked but to read', async () => {
  const { code, rows, err } = await doctor(configOf(run));
  const azure = rows.filter(({ area }) => area === 'azure');

  expect(err).toBe('');
  expect(azure.map(({ check, state }) => `${check} ${state}`)).toEqual([
    'event-hubs skipped',
    ...['network', 'clock', 'sign-in', 'tables', 'gateways', 'gateway-categories'].map(isOk),
    ...['gateway-bodies', 'gateway-policies', 'gateway-protocol', 'gateway-headers'].map(isOk),
    ...['gateway-sampling', 'insights', 'workspaces'].map(isOk),
  ]);
  expect(run.arm.asked.filter((each) => !each.startsWith('GET '))).toEqual([]);
  expect(code).toBe(0);
});

const isOk = (name: string): string => `${name} ok`;

test('who is signed in is told, and never the token', async () => {
  const { of, out } = await doctor(configOf(run));

  expect(of('sign-in')[0]?.found).toContain(
    `a managed identity, object id ${PRINCIPAL}, tenant ${TENANT}`,
  );
  expect(out).not.toContain(run.arm.token);
  expect(out).not.toContain(run.arm.token.split('.')[1]);
});

interface Trouble {
  readonly happen: (run: EstateRun) => unknown;
  readonly check: string;
  readonly state: 'failed' | 'warning' | 'skipped' | 'ok';
  readonly found: string;
  readonly mend?: string | undefined;
  readonly code: number;
  /** Where nothing comes and the limit is waited for. */
  readonly timeout?: string;
}

/** The service-wide diagnostics, with something changed in one of them. */
function withDiagnostic(name: string, changes: Record<string, unknown>) {
  return ({ arm }: EstateRun) =>
    arm.setDiagnostics(GATEWAY, {
      applicationinsights: soundDiagnostic(),
      azuremonitor: soundDiagnostic(),
      [name]: { ...soundDiagnostic(), ...changes },
    });
}

/** Lines that change a diagnostic, as they are printed. */
function changed(name: string, filter: string, scope = GATEWAY): string {
  return `URL='ARM${scope}/diagnostics/${name}?api-version=2024-05-01'
az rest --resource ARM --url "$URL" | jq '{properties} | ${filter}' > diagnostic.json
az rest --resource ARM --method put --url "$URL" --headers If-Match='*' --body @diagnostic.json`;
}

const message = (headers: readonly string[], bytes = 0) => ({ headers, body: { bytes } });
const sound = soundDiagnostic() as Record<string, Record<string, unknown>>;

const settings: Readonly<Record<string, Trouble>> = {
  'answers that are logged, of all APIs': {
    happen: withDiagnostic('applicationinsights', {
      frontend: {
        ...sound['frontend'],
        response: message(['mcp-session-id', 'WWW-Authenticate'], 8192),
      },
    }),
    check: 'gateway-bodies',
    state: 'failed',
    found: 'applicationinsights, all APIs of contoso-apim: 8,192 bytes of each answer are logged',
    mend: changed(
      'applicationinsights',
      '.properties.frontend.response.body.bytes = 0 | .properties.backend.response.body.bytes = 0',
    ),
    code: 2,
  },
  'a diagnostic of one API, as older ones were made': {
    happen: ({ arm }) =>
      arm.setDiagnostics(`${GATEWAY}/apis/weather`, {
        // https://github.com/Azure/azure-rest-api-specs: ApiManagementGetApiDiagnostic, in short
        applicationinsights: {
          alwaysLog: 'allErrors',
          loggerId: '/loggers/applicationinsights',
          sampling: { percentage: 50, samplingType: 'fixed' },
          frontend: {
            request: message(['Content-type'], 512),
            response: message(['Content-type'], 512),
          },
        },
      }),
    check: 'gateway-protocol',
    state: 'failed',
    found: 'the API weather of contoso-apim: httpCorrelationProtocol is not set, which is Legacy',
    mend: changed(
      'applicationinsights',
      '.properties.httpCorrelationProtocol = "W3C"',
      `${GATEWAY}/apis/weather`,
    ),
    code: 2,
  },
  'the legacy protocol': {
    happen: withDiagnostic('applicationinsights', { httpCorrelationProtocol: 'Legacy' }),
    check: 'gateway-protocol',
    state: 'failed',
    found: 'all APIs of contoso-apim: httpCorrelationProtocol is Legacy',
    mend: changed('applicationinsights', '.properties.httpCorrelationProtocol = "W3C"'),
    code: 2,
  },
  'a protocol that matters not, because it is not of Application Insights': {
    happen: withDiagnostic('azuremonitor', { httpCorrelationProtocol: 'Legacy' }),
    check: 'gateway-protocol',
    state: 'ok',
    found: 'contoso-apim: W3C',
    code: 0,
  },
  'a gateway that keeps a tenth of its requests in one of two logs': {
    happen: withDiagnostic('azuremonitor', { sampling: { samplingType: 'fixed', percentage: 10 } }),
    check: 'gateway-sampling',
    state: 'warning',
    found: 'azuremonitor, all APIs of contoso-apim: 10 % of requests are logged',
    code: 0,
  },
  'a gateway of which cannot be read how much it keeps': {
    happen: withDiagnostic('azuremonitor', { sampling: { percentage: '50%x' } }),
    check: 'gateway-sampling',
    state: 'warning',
    found:
      'azuremonitor, all APIs of contoso-apim: how many requests are logged cannot be read ("50%x")',
    code: 0,
  },
  'a gateway that keeps a tenth of its requests': {
    happen: ({ arm }) =>
      arm.setDiagnostics(GATEWAY, {
        azuremonitor: {
          ...soundDiagnostic(),
          sampling: { samplingType: 'fixed', percentage: 10 },
        },
      }),
    check: 'gateway-sampling',
    state: 'failed',
    found: 'azuremonitor, all APIs of contoso-apim: 10 % of requests are logged',
    mend: changed(
      'azuremonitor',
      '.properties.sampling = {"samplingType": "fixed", "percentage": 100} | .properties.alwaysLog = "allErrors"',
    ),
    code: 2,
  },
  'addresses that are not logged': {
    happen: withDiagnostic('azuremonitor', { logClientIp: false }),
    check: 'gateway-sampling',
    state: 'warning',
    found: "azuremonitor, all APIs of contoso-apim: the client's address is not logged",
    mend: changed('azuremonitor', '.properties.logClientIp = true'),
    code: 0,
  },
  'headers that are not logged': {
    happen: withDiagnostic('azuremonitor', {
      frontend: {
        request: message(['mcp-session-id', 'MCP-METHOD', 'mcp-name', 'x-agent-id']),
        response: message(['Mcp-Session-Id', 'WWW-Authenticate']),
      },
    }),
    check: 'gateway-headers',
    state: 'warning',
    found:
      "azuremonitor, all APIs of contoso-apim: not logged are traceparent of the frontend's request",
    mend: changed(
      'azuremonitor',
      '.properties.frontend.request.headers |= (. + ["traceparent"] | unique)',
    ),
    code: 0,
  },
  'a credential that is logged': {
    happen: withDiagnostic('azuremonitor', {
      frontend: {
        ...sound['frontend'],
        request: message([
          ...['Authorization', 'Mcp-Session-Id', 'Mcp-Method', 'Mcp-Name', 'traceparent'],
          'x-agent-id',
        ]),
      },
    }),
    check: 'gateway-headers',
    state: 'warning',
    found: 'azuremonitor, all APIs of contoso-apim: Authorization is logged',
    mend: changed(
      'azuremonitor',
      '.properties.frontend.request.headers |= map(select(ascii_downcase | IN("authorization") | not))',
    ),
    code: 0,
  },
  'prompts that are logged': {
    happen: withDiagnostic('azuremonitor', {
      largeLanguageModel: {
        logs: 'enabled',
        requests: { messages: 'all', maxSizeInBytes: 32768 },
        responses: { messages: 'all', maxSizeInBytes: 32768 },
      },
    }),
    check: 'gateway-bodies',
    state: 'warning',
    found: 'azuremonitor, all APIs of contoso-apim: prompts and completions of models are logged',
    mend: changed('azuremonitor', '.properties.largeLanguageModel = {"logs": "enabled"}'),
    code: 0,
  },
  'the category of MCP rows, which is off': {
    happen: ({ arm }) =>
      arm.set(`${GATEWAY}/providers/Microsoft.Insights/diagnosticSettings`, [
        settingResource('to-logs', { logs: enabled('GatewayLogs', 'GatewayLlmLogs') }),
      ]),
    check: 'gateway-categories',
    state: 'failed',
    found: 'contoso-apim: GatewayMCPLogs is off',
    mend: `az monitor diagnostic-settings create --name mcp-witness-gatewaymcplogs --resource ${GATEWAY} --workspace ${WORKSPACE_RESOURCE} --export-to-resource-specific true --logs '[{"category":"GatewayMCPLogs","enabled":true}]'`,
    code: 2,
  },
  'a group of categories': {
    happen: ({ arm }) =>
      arm.set(`${GATEWAY}/providers/Microsoft.Insights/diagnosticSettings`, [
        settingResource('all', {
          logs: [{ category: null, categoryGroup: 'allLogs', enabled: true }],
        }),
      ]),
    check: 'gateway-categories',
    state: 'ok',
    found: 'contoso-apim: GatewayLogs, GatewayMCPLogs, GatewayLlmLogs',
    code: 0,
  },
  'a setting that writes into the table of everybody': {
    happen: ({ arm }) =>
      arm.set(`${GATEWAY}/providers/Microsoft.Insights/diagnosticSettings`, [
        settingResource('old', {
          logs: enabled('GatewayLogs', 'GatewayMCPLogs', 'GatewayLlmLogs'),
          logAnalyticsDestinationType: null,
        }),
      ]),
    check: 'gateway-categories',
    state: 'warning',
    found:
      "contoso-apim: the setting 'old' writes into AzureDiagnostics, not into tables of their own",
    mend: `az monitor diagnostic-settings create --name old --resource ${GATEWAY} --workspace ${WORKSPACE_RESOURCE} --export-to-resource-specific true --logs '[{"category":"GatewayLogs","enabled":true},{"category":"GatewayMCPLogs","enabled":true},{"category":"GatewayLlmLogs","enabled":true}]'`,
    code: 0,
  },
  'a policy that reads answers': {
    happen: ({ arm }) =>
      arm.set(
        `${GATEWAY}/apis/weather/policies/policy`,
        policyResource(
          `${GATEWAY}/apis/weather`,
          '<policies><outbound><set-body>@(context.Response.Body.As<string>())</set-body></outbound></policies>',
        ),
      ),
    check: 'gateway-policies',
    state: 'failed',
    found: 'the policy of the API weather of contoso-apim reads context.Response.Body',
    code: 2,
  },
  'a policy that only speaks of it': {
    happen: ({ arm }) =>
      arm.set(
        `${GATEWAY}/policies/policy`,
        policyResource(GATEWAY, '<policies><!-- never context.Response.Body --></policies>'),
      ),
    check: 'gateway-policies',
    state: 'ok',
    found: 'contoso-apim: no policy reads answers of MCP servers',
    code: 0,
  },
  'a workspace that takes no more rows today': {
    happen: ({ arm }) => arm.set(WORKSPACE_RESOURCE, workspaceResource(WORKSPACE, 'OverQuota')),
    check: 'workspaces',
    state: 'failed',
    found: 'logs takes no rows now (OverQuota)',
    mend: 'az monitor log-analytics workspace update --resource-group rg-mcp --workspace-name logs --quota -1   # or a higher daily cap, in GB',
    code: 2,
  },
  'a workspace that no source reads': {
    happen: ({ arm }) =>
      arm.set(WORKSPACE_RESOURCE, workspaceResource('9f9f9f9f-0000-4000-8000-000000000009')),
    check: 'workspaces',
    state: 'warning',
    found: 'contoso-apim, appi-weather send to logs, which no source reads',
    mend: `workspace_ids: [${WORKSPACE}, 9f9f9f9f-0000-4000-8000-000000000009]   # of the source in the config`,
    code: 0,
  },
  'a workspace that may not be read': {
    happen: ({ arm }) => arm.faults.push({ at: '/workspaces/', kind: 'forbidden' }),
    check: 'workspaces',
    state: 'skipped',
    found: 'logs, where contoso-apim, appi-weather send, may not be read',
    code: 0,
  },
  'an Application Insights that keeps a part': {
    happen: ({ arm }) => arm.set(COMPONENT, componentResource({ SamplingPercentage: 25 })),
    check: 'insights',
    state: 'failed',
    found: 'appi-weather: 25 % of what it is sent is kept (ingestion sampling)',
    mend: `az resource update --ids ${COMPONENT} --set properties.SamplingPercentage=100`,
    code: 2,
  },
};

const access: Readonly<Record<string, Trouble>> = {
  'a gateway that may not be read': {
    happen: ({ arm }) => arm.faults.push({ at: '/diagnostics', kind: 'forbidden' }),
    check: 'gateways',
    state: 'failed',
    found: "Whoever is signed in may not read 'contoso-apim'",
    mend: `az role assignment create --role Reader --assignee ${PRINCIPAL} --scope ${GATEWAY}`,
    code: 3,
  },
  'a gateway that is not there': {
    happen: ({ arm }) => arm.resources.clear(),
    check: 'gateways',
    state: 'failed',
    found: 'there is no API Management service contoso-apim',
    mend: "az apim list --query '[].id' -o tsv   # and correct 'azure.api_management' in the config",
    code: 2,
  },
  'throttling that asks for five minutes': {
    happen: ({ arm }) => arm.faults.push({ at: '/diagnostics', kind: 'throttled' }),
    check: 'gateways',
    state: 'failed',
    found: "'contoso-apim' cannot be read: no answer within 3 s",
    mend: 'Repeat the command later; --timeout 60s waits longer.',
    code: 4,
    timeout: '3s',
  },
  'a service that never answers': {
    happen: ({ arm }) => arm.faults.push({ at: '/diagnostics', kind: 'slow' }),
    check: 'gateways',
    state: 'failed',
    found: "'contoso-apim' cannot be read: no answer within 3 s",
    code: 4,
    timeout: '3s',
  },
  'an answer that is a page of a gateway': {
    happen: ({ arm }) => arm.faults.push({ at: '/apis', kind: 'html' }),
    check: 'gateways',
    state: 'failed',
    found: "'contoso-apim' cannot be read: HTTP 502: 502 Bad Gateway",
    code: 4,
  },
  'an answer that is cut': {
    happen: ({ arm }) => arm.faults.push({ at: '/diagnostics', kind: 'cut' }),
    check: 'gateways',
    state: 'failed',
    found: "'contoso-apim' cannot be read: ",
    code: 4,
  },
  'an answer that is something else': {
    happen: ({ arm }) => arm.faults.push({ at: '/diagnostics', kind: 'unknown' }),
    check: 'gateways',
    state: 'failed',
    found: "'contoso-apim' cannot be read: an answer without a list",
    code: 4,
  },
  'an Application Insights that may not be read': {
    happen: ({ arm }) => arm.faults.push({ at: '/components/', kind: 'forbidden' }),
    check: 'insights',
    state: 'failed',
    found: "Whoever is signed in may not read 'appi-weather'",
    mend: `az role assignment create --role Reader --assignee ${PRINCIPAL} --scope ${COMPONENT}`,
    code: 3,
  },
  'a workspace that may not be queried': {
    happen: ({ logs }) => Object.assign(logs, { isForbidden: true }),
    check: 'tables',
    state: 'failed',
    found: `Whoever is signed in may not query '${TABLE}' in the workspace '${WORKSPACE}': InsufficientAccessError: The provided credentials have insufficient access to perform the requested operation`,
    mend: `Give them the role 'Log Analytics Reader': az role assignment create --role "Log Analytics Reader" --assignee ${PRINCIPAL} --scope $(az monitor log-analytics workspace list --query "[?customerId=='${WORKSPACE}'].id" -o tsv); where that finds no workspace, correct its id in the source 'logs': the service says the same of an id that is not there.`,
    code: 3,
  },
  'a workspace that is not there': {
    happen: ({ logs }) => logs.tables.clear(),
    check: 'tables',
    state: 'failed',
    found: `There is nothing to ask for '${TABLE}' at the workspace '${WORKSPACE}': PathNotFoundError: The requested path does not exist`,
    code: 2,
  },
  'a table that is not there yet': {
    happen: ({ logs }) => {
      logs.tables.clear();
      logs.add(WORKSPACE, 'AppRequests', []);
    },
    check: 'tables',
    state: 'failed',
    found: `the workspace '${WORKSPACE}' does not answer the query for '${TABLE}': SEM0100: 'where' operator: Failed to resolve table or column expression named '${TABLE}'`,
    mend: `az monitor diagnostic-settings create --name mcp-witness-gatewaylogs --resource ${GATEWAY} --workspace $(az monitor log-analytics workspace list --query "[?customerId=='${WORKSPACE}'].id" -o tsv) --export-to-resource-specific true --logs '[{"category":"GatewayLogs","enabled":true}]'
# then, when rows have come: mcp-witness doctor --config /mcp-witness.yaml`,
    code: 2,
  },
  'a table without a row in the last day': {
    happen: ({ logs }) => {
      logs.tables.clear();
      logs.add(WORKSPACE, TABLE, [gatewayRow(0, { everyMs: 0 })]);
      logs.now = () => new Date('2026-11-25T00:10:00Z');
    },
    check: 'tables',
    state: 'warning',
    found: `logs: ${TABLE}: no row since 2026-11-20 00:03 UTC`,
    code: 0,
  },
  'a table without a row at all': {
    happen: ({ logs }) => {
      logs.tables.clear();
      logs.add(WORKSPACE, TABLE, []);
    },
    check: 'tables',
    state: 'warning',
    found: `logs: ${TABLE}: no row in 30 days`,
    code: 0,
  },
  'a query that is throttled': {
    happen: ({ logs }) => {
      logs.refuse = () => ({ kind: 'throttle', retryAfter: '30' });
    },
    check: 'tables',
    state: 'failed',
    found: `the workspace '${WORKSPACE}' is throttling: '${TABLE}' was not answered within the retries`,
    code: 4,
  },
  'a query that is answered by a page of a gateway': {
    happen: ({ logs }) => {
      logs.refuse = () => ({ kind: 'timeout', as: 'html' });
    },
    check: 'tables',
    state: 'failed',
    found: `No whole answer came for '${TABLE}' of the workspace '${WORKSPACE}'`,
    code: 4,
  },
  'a query that is never answered': {
    happen: ({ logs }) => {
      logs.refuse = () => ({ kind: 'slow' });
    },
    check: 'tables',
    state: 'failed',
    found: `No whole answer came for '${TABLE}' of the workspace '${WORKSPACE}'`,
    code: 4,
    timeout: '3s',
  },
  'a token that the workspace refuses': {
    happen: ({ logs }) => Object.assign(logs, { isTokenRefused: true }),
    check: 'tables',
    state: 'failed',
    found: `The token was refused for '${TABLE}' in the workspace '${WORKSPACE}'`,
    code: 3,
  },
  'a clock that is an hour behind': {
    happen: ({ arm, logs }) => {
      arm.aheadMs = 3_600_000;
      logs.now = () => new Date(NOW.getTime() + 3_600_000);
    },
    check: 'clock',
    state: 'failed',
    found: "this machine's clock is 60 min behind Azure's",
    mend: 'sudo timedatectl set-ntp true',
    code: 2,
  },
};

describe.each(Object.entries({ ...settings, ...access }))('%s', (_, trouble) => {
  test(`is ${trouble.state}, and told`, async () => {
    const { happen, check, state, found, mend, code, timeout = '30s' } = trouble;
    happen(run);
    const now = check === 'tables' ? run.logs.now() : NOW;

    const answer = await doctor(configOf(run), { args: ['--timeout', timeout], now });
    const [first] = answer.of(check);

    const plain = (text: string | null | undefined) => text?.replaceAll(run.arm.origin, 'ARM');
    expect({ state: first?.state, found: plain(first?.found)?.slice(0, found.length) }).toEqual({
      state,
      found,
    });
    if (mend !== undefined) expect(plain(first?.mend)).toBe(mend);
    expect(answer.err).toBe('');
    expect(answer.code).toBe(code);
  });
});

test('who sees no reading of one resource is told of the others all the same', async () => {
  run.arm.faults.push({ at: '/diagnostics', kind: 'forbidden' });

  const { of, code } = await doctor(configOf(run));

  expect(of('gateway-bodies')).toMatchObject([
    { state: 'skipped', found: 'cannot be read: contoso-apim; see gateways' },
  ]);
  expect(of('insights')).toMatchObject([{ state: 'ok' }]);
  expect(of('tables')).toMatchObject([{ state: 'ok' }]);
  expect(code).toBe(3);
});

describe('a gateway that cannot be looked at', () => {
  const OTHER = GATEWAY.replace('contoso-apim', 'other-apim');
  const unread = { state: 'skipped', found: 'cannot be read: other-apim; see gateways' };

  test('is named by each check that looked at others', async () => {
    const config = configOf(run).replace(`[${GATEWAY}]`, `[${GATEWAY}, ${OTHER}]`);

    const { of, code } = await doctor(config);

    expect(of('gateways')).toMatchObject([
      { state: 'failed', found: 'there is no API Management service other-apim' },
      { state: 'ok' },
    ]);
    expect(of('gateway-bodies')).toMatchObject([unread, { state: 'ok' }]);
    expect(of('gateway-categories')).toMatchObject([
      { state: 'skipped', found: 'other-apim: see gateways' },
      { state: 'ok' },
    ]);
    expect(code).toBe(2);
  });

  test('is told of too where only the evidence names it, and is no failure', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'w.duckdb');
    const record = { Type: TABLE, _ResourceId: OTHER.toLowerCase(), ...GATEWAY_ROW };
    writeFileSync(join(folder, 'rows.ndjson'), JSON.stringify(record));
    await ask(['ingest', 'files', join(folder, 'rows.ndjson'), '--db', db]);
    run.arm.faults.push({ at: 'other-apim/providers', kind: 'unavailable' });

    const { of, code } = await doctor(configOf(run), { env: { MCP_WITNESS_DB: db } });

    expect(of('gateways')).toMatchObject([
      {
        state: 'skipped',
        found:
          'other-apim, which the evidence is from, is not there, or not to be seen by who is signed in',
      },
      { state: 'ok' },
    ]);
    expect(of('gateway-bodies')).toMatchObject([unread, { state: 'ok' }]);
    expect(of('gateway-categories')[0]).toMatchObject({
      state: 'skipped',
      found: expect.stringMatching(/^other-apim, which the evidence is from: /) as string,
    });
    expect(of('workspaces')[0]).toMatchObject({
      state: 'skipped',
      found: 'other-apim: where it sends cannot be read',
    });
    expect(code).toBe(0);
  });
});

/** A request at the gateway. */
const GATEWAY_ROW = {
  TimeGenerated: '2026-11-20T00:05:00Z',
  CorrelationId: '00000000-0000-4000-8000-000000000001',
  ApiId: 'weather',
  Method: 'POST',
  Url: 'https://contoso.azure-api.net/weather/mcp',
  ResponseCode: 200,
  IsRequestSuccess: true,
  TotalTime: 10,
};

test('an older service, which has no type for MCP, is read by its paths', async () => {
  const apis = run.arm.resources.get(`${GATEWAY}/apis`.toLowerCase());
  run.arm.set(`${GATEWAY}/apis`, [
    apiResource('remote', { path: 'remote/mcp', type: 'http' }),
    apiResource('remote;rev=2', { path: 'remote/mcp', type: 'http' }),
  ]);
  run.arm.setDiagnostics(`${GATEWAY}/apis/remote`, {});

  const { of } = await doctor(configOf(run));

  expect(apis).toHaveLength(2);
  expect(of('gateways')[0]?.found).toBe('contoso-apim: MCP: remote; 2 diagnostics in force');
});

test('a list goes on at its next page, and a link to elsewhere is not followed', async () => {
  run.arm.pageSize = 1;
  const whole = await doctor(configOf(run));
  run.arm.nextOrigin = 'https://elsewhere.invalid';
  const cut = await doctor(configOf(run));

  expect(whole.of('gateways')[0]?.found).toContain('2 diagnostics in force');
  expect(cut.of('gateways')[0]?.found).toContain('1 diagnostic in force');
  expect(cut.code).toBe(0);
});

test('a config that names nothing in Azure asks nothing of it', async () => {
  const { rows } = await doctor(
    `azure: { endpoint: "${run.arm.origin}" }\nsources: [{ name: a, kind: files, paths: [./a] }]\n`,
  );

  expect(run.arm.asked).toEqual([]);
  expect(run.logs.asked).toEqual([]);
  expect(rows.filter(({ area, state }) => area === 'azure' && state !== 'skipped')).toEqual([]);
});
