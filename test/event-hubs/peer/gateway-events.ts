import rhea from 'rhea';
import type { KeptEvent } from './hub.ts';

const FIRST_AT = Date.parse('2026-11-01T00:00:00Z');

/** A request id that no other event of the hub has. */
export function correlationId(partition: string, sequenceNumber: number): string {
  const no = sequenceNumber.toString(16).padStart(12, '0');
  return `${Number(partition).toString(16).padStart(8, '0')}-0000-4000-8000-${no}`;
}

/** A gateway record as a diagnostic setting of API Management streams it. */
export function gatewayRecord(partition: string, no: number, padding = ''): string {
  const time = new Date(FIRST_AT + no * 100).toISOString();
  return JSON.stringify({
    DeploymentVersion: '0.44.18652.0',
    Level: 4,
    callerIpAddress: '81.2.69.144',
    category: 'GatewayLogs',
    correlationId: correlationId(partition, no),
    durationMs: 176,
    isRequestSuccess: true,
    location: 'West Europe',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    resourceId:
      '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/CONTOSO',
    time,
    truncated: 0,
    properties: {
      apiId: 'weather-mcp',
      method: 'POST',
      url: 'https://contoso.azure-api.net/weather-mcp/mcp',
      responseCode: 200,
      backendTime: 170,
      requestSize: 400,
      responseSize: 900,
      requestHeaders: { 'mcp-session-id': `session-${no % 100}`, 'user-agent': 'agent/1.0' },
      backendResponseHeaders: { 'x-trace': padding },
    },
  });
}

const PLAIN_BYTES = Buffer.byteLength(`{"records":[${gatewayRecord('0', 0)}]}`);

/** One event of a stream: an envelope with one record, padded to the size that is asked for. */
export function gatewayEvent(partition: string, no: number, bodyBytes = 0): KeptEvent {
  const padding = ' x'.repeat(Math.max(0, Math.floor((bodyBytes - PLAIN_BYTES) / 2)));
  const body = Buffer.from(`{"records":[${gatewayRecord(partition, no, padding)}]}`);
  return { enqueuedAt: FIRST_AT + no * 100, body: rhea.message.data_section(body) };
}
