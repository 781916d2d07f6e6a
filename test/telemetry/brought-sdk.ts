import { NodeSDK } from '@opentelemetry/sdk-node';

// What a user's `node --import ./otel.mjs` does. The variables are gone before the command looks at
// them, so that only the SDK that is registered can make it tell anything.
const { COLLECTOR = '' } = process.env;
const settings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORTER: 'none',
};
Object.assign(process.env, settings);
new NodeSDK({ serviceName: 'a service of the user' }).start();
for (const name of Object.keys(settings)) delete process.env[name];
