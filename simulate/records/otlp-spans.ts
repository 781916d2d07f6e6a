import type { Server } from '../fleet/servers.ts';
import type { Envelope } from '../record-files.ts';
import { type Micros, microsFromMs, unixNanos } from '../timestamps.ts';

/** A span of a server that reports by OpenTelemetry. */
export interface ServerSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly link?: { readonly traceId: string; readonly spanId: string } | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client';
  readonly at: Micros;
  readonly durationMs: number;
  readonly error?: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
}

const KIND = { server: 2, client: 3 } as const;

/** A span as OTLP/JSON writes it. */
export function otlpSpan(span: ServerSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentId,
    name: span.name,
    kind: KIND[span.kind],
    startTimeUnixNano: unixNanos(span.at),
    endTimeUnixNano: unixNanos(span.at + microsFromMs(span.durationMs)),
    attributes: attributes(span.attributes),
    links: span.link && [span.link],
    status: span.error === undefined ? { code: 1 } : { code: 2, message: span.error },
  };
}

/** One request of the exporter: up to fifty spans of one server. */
export function otlpEnvelope(server: Server): Envelope {
  const resource = {
    attributes: attributes({
      'service.name': server.roleName,
      'service.version': server.version,
      'deployment.environment.name': server.environment,
    }),
  };
  const scope = { name: 'mcp.server', version: '1.13.0' };
  return {
    open: `{"resourceSpans":[{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`,
    close: ']}]}]}',
    size: 50,
  };
}

function attributes(values: ServerSpan['attributes']): object[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: attributeValue(value) }));
}

function attributeValue(value: string | number | boolean | undefined): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
