import { hostname } from 'node:os';

type Env = Readonly<Record<string, string | undefined>>;

/** Where each copy of @opentelemetry/api 1.x finds what was registered; looking there loads none. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** Whether the user has brought an SDK, such as by `node --import`. */
export function isSdkRegistered(): boolean {
  const found = (globalThis as { [REGISTERED]?: { trace?: unknown; metrics?: unknown } })[
    REGISTERED
  ];
  return found?.trace !== undefined || found?.metrics !== undefined;
}

/**
 * The standard variables as the SDK is to find them; undefined: none of them asks for an export. A
 * signal is exported when its exporter or an OTLP endpoint is named; without a variable nothing is.
 */
export function exportSettings(env: Env, version: string): Record<string, string> | undefined {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const traces = exporterOf('TRACES', env);
  const metrics = exporterOf('METRICS', env);
  if (traces === 'none' && metrics === 'none') return undefined;
  const given = env['OTEL_RESOURCE_ATTRIBUTES'];
  const isNamed = env['OTEL_SERVICE_NAME'] || /(^|,)\s*service\.name\s*=/.test(given ?? '');
  return {
    OTEL_TRACES_EXPORTER: traces,
    OTEL_METRICS_EXPORTER: metrics,
    OTEL_LOGS_EXPORTER: 'none',
    // The SDK's own choice adds the command line and the user, which may name people.
    OTEL_NODE_RESOURCE_DETECTORS: env['OTEL_NODE_RESOURCE_DETECTORS'] || 'env',
    OTEL_RESOURCE_ATTRIBUTES: [
      `service.version=${version}`,
      `host.name=${encodeURIComponent(hostname())}`,
      ...(given ? [given] : []),
    ].join(','),
    ...(isNamed ? {} : { OTEL_SERVICE_NAME: 'mcp-witness' }),
  };
}

function exporterOf(signal: 'TRACES' | 'METRICS', env: Env): string {
  const endpoint =
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return env[`OTEL_${signal}_EXPORTER`] || (endpoint ? 'otlp' : 'none');
}
