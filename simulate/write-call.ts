import type { Call } from './call.ts';
import { hasGatewayRecord, hasServerRecord } from './evidence.ts';
import type { Gateway } from './fleet/gateways.ts';
import { gatewayInsights } from './gateway-insights.ts';
import { messageOfCall, requestOfCall } from './gateway-side.ts';
import { type Detail, serverInsights } from './server-insights.ts';
import { serverSpans } from './server-spans.ts';
import type { Telemetry } from './telemetry.ts';

/** Writes what both sides logged of a call, with its earlier rounds and attempts. */
export function writeCall(telemetry: Telemetry, call: Call, detail: Detail): void {
  for (const request of [...call.rounds, call]) {
    if (request.gateway && hasGatewayRecord(call)) {
      writeGatewaySide(telemetry, request, request.gateway, detail);
    }
    if (!hasServerRecord(call)) continue;
    for (const attempt of request.attempts) writeServerSide(telemetry, attempt, detail);
    writeServerSide(telemetry, request, detail);
  }
}

function writeGatewaySide(
  telemetry: Telemetry,
  call: Call,
  gateway: Gateway,
  detail: Detail,
): void {
  telemetry.message(messageOfCall(call, gateway));
  if (call.batch && call.batch.item > 0) return;
  const { duplicate, lateGateway } = call.faults;
  telemetry.request(requestOfCall(call, gateway), { isDoubled: duplicate, isLate: lateGateway });
  if (detail === 'lean') return;
  for (const item of gatewayInsights(call, gateway)) telemetry.gatewayItem(item);
}

function writeServerSide(telemetry: Telemetry, call: Call, detail: Detail): void {
  const { server, faults } = call;
  const delivery = { isDoubled: faults.duplicate, isLate: faults.late };
  if (server.reportsBy === 'otlp') {
    for (const span of serverSpans(call, detail)) telemetry.span(server, span, delivery);
    return;
  }
  for (const item of serverInsights(call, detail)) {
    const isRequest = item.table === 'AppRequests';
    telemetry.serverItem(server, item, isRequest ? delivery : {});
  }
}
