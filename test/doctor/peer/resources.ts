/** Resources as Azure Resource Manager gives them, by the path that asks for them. */
export const GATEWAY =
  '/subscriptions/6a1f0c52-3b7e-4d0a-9a51-0d3c5b7e2f10/resourceGroups/rg-mcp/providers/Microsoft.ApiManagement/service/contoso-apim';
export const COMPONENT =
  '/subscriptions/6a1f0c52-3b7e-4d0a-9a51-0d3c5b7e2f10/resourceGroups/rg-mcp/providers/microsoft.insights/components/appi-weather';
export const WORKSPACE_RESOURCE =
  '/subscriptions/6a1f0c52-3b7e-4d0a-9a51-0d3c5b7e2f10/resourceGroups/rg-mcp/providers/Microsoft.OperationalInsights/workspaces/logs';

type Json = Record<string, unknown>;

/** What is logged of a message. */
const message = (headers: readonly string[] = [], bytes = 0) => ({ headers, body: { bytes } });

/** A diagnostic with which nothing is wrong. */
export function soundDiagnostic(): Json {
  return {
    alwaysLog: 'allErrors',
    httpCorrelationProtocol: 'W3C',
    verbosity: 'information',
    logClientIp: true,
    loggerId: `${GATEWAY}/loggers/appi`,
    sampling: { samplingType: 'fixed', percentage: 100 },
    frontend: {
      request: message([
        ...['Mcp-Session-Id', 'Mcp-Method', 'Mcp-Name'],
        ...['traceparent', 'x-agent-id'],
      ]),
      response: message(['mcp-session-id', 'WWW-Authenticate']),
    },
    backend: { request: message(['traceparent']), response: message() },
  };
}

export function diagnosticResource(scope: string, name: string, properties: Json): Json {
  const type = scope.includes('/apis/') ? 'service/apis/diagnostics' : 'service/diagnostics';
  return {
    id: `${scope}/diagnostics/${name}`,
    type: `Microsoft.ApiManagement/${type}`,
    name,
    properties,
  };
}

export function apiResource(name: string, properties: Json): Json {
  return {
    id: `${GATEWAY}/apis/${name}`,
    type: 'Microsoft.ApiManagement/service/apis',
    name,
    properties: { displayName: name, apiRevision: '1', protocols: ['https'], ...properties },
  };
}

export function settingResource(name: string, properties: Json): Json {
  return {
    id: `${GATEWAY}/providers/microsoft.insights/diagnosticSettings/${name}`.toLowerCase(),
    type: 'Microsoft.Insights/diagnosticSettings',
    name,
    location: null,
    kind: null,
    tags: null,
    identity: null,
    properties: {
      storageAccountId: null,
      serviceBusRuleId: null,
      workspaceId: WORKSPACE_RESOURCE,
      eventHubAuthorizationRuleId: null,
      eventHubName: null,
      metrics: [],
      logAnalyticsDestinationType: 'Dedicated',
      ...properties,
    },
  };
}

export function enabled(...categories: readonly string[]): Json[] {
  return categories.map((category) => ({
    category,
    categoryGroup: null,
    enabled: true,
    retentionPolicy: { days: 0, enabled: false },
  }));
}

export function policyResource(scope: string, value: string): Json {
  return {
    id: `${scope}/policies/policy`,
    type: 'Microsoft.ApiManagement/service/policies',
    name: 'policy',
    properties: { format: 'rawxml', value },
  };
}

export function workspaceResource(customerId: string, status = 'RespectQuota'): Json {
  return {
    id: WORKSPACE_RESOURCE,
    name: 'logs',
    type: 'Microsoft.OperationalInsights/workspaces',
    location: 'westeurope',
    properties: {
      source: 'Azure',
      customerId,
      provisioningState: 'Succeeded',
      sku: { name: 'PerGB2018' },
      retentionInDays: 90,
      workspaceCapping: {
        dailyQuotaGb: 5.0,
        quotaNextResetTime: '2026-11-20T14:00:00Z',
        dataIngestionStatus: status,
      },
    },
  };
}

export function componentResource(properties: Json = {}): Json {
  return {
    id: COMPONENT,
    name: 'appi-weather',
    type: 'microsoft.insights/components',
    location: 'westeurope',
    tags: {},
    kind: 'web',
    properties: {
      Application_Type: 'web',
      Flow_Type: 'Redfield',
      IngestionMode: 'LogAnalytics',
      WorkspaceResourceId: WORKSPACE_RESOURCE,
      SamplingPercentage: null,
      RetentionInDays: 90,
      DisableIpMasking: false,
      ...properties,
    },
  };
}
