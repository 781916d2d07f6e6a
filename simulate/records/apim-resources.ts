import { type Gateway, RESOURCE_GROUP } from '../fleet/gateways.ts';
import { SERVERS, type Server } from '../fleet/servers.ts';
import { endpointOf } from './mcp-log.ts';

const REQUEST_HEADERS = [
  'traceparent',
  'Mcp-Session-Id',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'x-agent-id',
  'User-Agent',
];
const RESPONSE_HEADERS = ['Mcp-Session-Id', 'WWW-Authenticate', 'Content-Type'];

/** A resource's id as the REST API spells it. */
function serviceId({ name }: Gateway): string {
  const group = RESOURCE_GROUP.replace('/resourcegroups/', '/resourceGroups/');
  return `${group}/providers/Microsoft.ApiManagement/service/${name}`;
}

/** GET …/diagnostics: what the service logs for all of its APIs. */
export function serviceDiagnostics(gateway: Gateway): object {
  const id = serviceId(gateway);
  const diagnostic = (name: string, percentage: number, bytes: number) => ({
    id: `${id}/diagnostics/${name}`,
    type: 'Microsoft.ApiManagement/service/diagnostics',
    name,
    properties: {
      alwaysLog: 'allErrors',
      httpCorrelationProtocol: 'W3C',
      verbosity: 'information',
      logClientIp: true,
      loggerId: `${id}/loggers/${name}`,
      sampling: { samplingType: 'fixed', percentage },
      frontend: {
        request: { headers: REQUEST_HEADERS, body: { bytes: 0 } },
        response: { headers: RESPONSE_HEADERS, body: { bytes } },
      },
      backend: {
        request: { headers: gateway.logsBackendHeaders ? ['traceparent'] : [], body: { bytes: 0 } },
        response: { headers: [], body: { bytes: 0 } },
      },
    },
  });
  const value = [
    diagnostic('applicationinsights', 100 / gateway.insightsKeepsOneOf, gateway.responseBodyBytes),
    diagnostic('azuremonitor', 100, 0),
  ];
  return { value, count: value.length };
}

/** GET …/apis?$filter=type eq 'mcp': the MCP servers that the service publishes. */
export function mcpApis(gateway: Gateway): object {
  const value = SERVERS.filter((server) => server.gateway === gateway).map((server) =>
    mcpApi(gateway, server),
  );
  return { value, count: value.length };
}

function mcpApi(gateway: Gateway, server: Server): object {
  return {
    id: `${serviceId(gateway)}/apis/${server.id}`,
    type: 'Microsoft.ApiManagement/service/apis',
    name: server.id,
    properties: {
      type: 'mcp',
      displayName: server.id,
      path: server.id,
      apiRevision: '1',
      isCurrent: true,
      protocols: ['https'],
      serviceUrl: endpointOf(server).replace(/\/mcp$/, ''),
      mcpProperties: {
        transportType: 'streamable',
        endpoints: [{ name: 'message', uriTemplate: '/mcp' }],
      },
    },
  };
}
