import { WEST } from './fleet/gateways.ts';
import type { Random } from './random.ts';
import type { Run } from './runs.ts';
import type { Telemetry } from './telemetry.ts';

/** A gateway serves more than MCP: an ordinary REST API, which nobody must count as tool calls. */
export function writeOtherTraffic(random: Random, telemetry: Telemetry, { at }: Run): void {
  if (!random.chance(0.001)) return;
  const path = `/orders/${random.int(1_000, 9_999)}`;
  const totalMs = random.int(15, 220);
  telemetry.request({
    gateway: WEST,
    at,
    correlationId: random.uuid(),
    apiId: 'orders-api',
    operationId: 'get-order',
    subscriptionId: 'sub-shop',
    method: 'GET',
    url: `https://${WEST.host}${path}`,
    callerIp: '198.51.100.20',
    status: random.chance(0.02) ? 404 : 200,
    totalMs,
    backendMs: totalMs - 5,
    clientMs: 1,
    requestBytes: 240,
    responseBytes: 1_200,
    requestHeaders: {
      'User-Agent': 'shop/7.1',
      traceparent: `00-${random.hex(4)}-${random.hex(2)}-01`,
    },
    responseHeaders: { 'Content-Type': 'application/json' },
    backend: { url: `https://orders.contoso.com${path}`, id: 'orders-backend', status: 200 },
  });
}
