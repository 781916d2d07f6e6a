import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportSettings } from '../../cli/telemetry/wanted.ts';
import { packageRoot } from '../../core/package-root.ts';
import { temporaryFolder } from '../cli/fleet.ts';
import { loadedBy, run } from '../cli/program.ts';
import { requests } from '../cli/requests.ts';

test('where nobody asks for it nothing of OpenTelemetry or ClickHouse is loaded', async () => {
  const folder = temporaryFolder();
  const input = join(folder, 'requests.ndjson');
  writeFileSync(input, requests(1));
  const args = ['ingest', 'files', input, '--db', join(folder, 'w.duckdb')];

  const { code, err, packages, folders } = await loadedBy(args, temporaryFolder());

  expect(code, err).toBe(0);
  expect(folders).toContain('ingest');
  expect(packages).toContain('@duckdb/node-api');
  expect(packages.filter((name) => /^@(?:opentelemetry|clickhouse)\//.test(name))).toEqual([]);
});

test('where no SDK is installed, it says which, and the work goes on', async () => {
  const folder = temporaryFolder();
  const bin = installedWithout(['sdk-node'], folder);
  const input = join(folder, 'requests.ndjson');
  writeFileSync(input, requests(3));
  const args = ['ingest', 'files', input, '--db', join(folder, 'w.duckdb')];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

  const { code, err } = await run(args, { env, bin });

  expect(code, err).toBe(0);
  expect(err).toContain(
    'warning: OTEL_* variables ask for telemetry of mcp-witness itself, and no OpenTelemetry SDK is installed.\n' +
      '  fix: npm install @opentelemetry/sdk-node (with -g where mcp-witness was installed so), or set OTEL_SDK_DISABLED=true.\n',
  );
  expect(err).toContain('3 records received = 3 stored');
});

const variables: Readonly<
  Record<string, readonly [env: Record<string, string>, exporters: unknown]>
> = {
  'no variable asks for nothing': [{}, undefined],
  'a name alone asks for nothing': [{ OTEL_SERVICE_NAME: 'x' }, undefined],
  'an empty variable is none': [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  'an endpoint asks for both': [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, ['otlp', 'otlp']],
  'an endpoint for spans asks for spans': [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' },
    ['otlp', 'none'],
  ],
  'an exporter asks for its signal': [
    { OTEL_METRICS_EXPORTER: 'prometheus' },
    ['none', 'prometheus'],
  ],
  'none wins over an endpoint': [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_METRICS_EXPORTER: 'none' },
    ['otlp', 'none'],
  ],
  'none of either asks for nothing': [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_EXPORTER: 'none',
    },
    undefined,
  ],
  'disabled is off': [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'TRUE' },
    undefined,
  ],
};

test.each(Object.entries(variables))('%s', (_, [env, exporters]) => {
  const settings = exportSettings(env, '1.2.3');

  expect(settings && [settings['OTEL_TRACES_EXPORTER'], settings['OTEL_METRICS_EXPORTER']]).toEqual(
    exporters,
  );
});

test('a service that is named in the resource keeps its name', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
    OTEL_RESOURCE_ATTRIBUTES: 'host.name=h,service.name=mine',
  };

  expect(exportSettings(env, '1.2.3')).toMatchObject({
    OTEL_RESOURCE_ATTRIBUTES: `service.version=1.2.3,host.name=${hostname()},host.name=h,service.name=mine`,
  });
  expect(exportSettings(env, '1.2.3')).not.toHaveProperty('OTEL_SERVICE_NAME');
});

/** The program with all its packages but some of OpenTelemetry's; returns what to run. */
function installedWithout(names: readonly string[], parent: string): string {
  const root = join(parent, 'installed');
  const modules = join(root, 'node_modules');
  const SCOPE = '@opentelemetry';
  const code = ['cli', 'core', 'store', 'ingest', 'correlate', 'slo', 'queries', 'reports'];
  for (const name of [...code, 'package.json']) {
    cpSync(join(packageRoot, name), join(root, name), { recursive: true });
  }
  mkdirSync(join(modules, SCOPE), { recursive: true });
  const link = (name: string): void =>
    symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  for (const name of readdirSync(join(packageRoot, 'node_modules'))) {
    if (name !== SCOPE) link(name);
  }
  for (const name of readdirSync(join(packageRoot, 'node_modules', SCOPE))) {
    if (!names.includes(name)) link(join(SCOPE, name));
  }
  return join(root, 'cli', 'bin.ts');
}
