import { createRequire } from 'node:module';
import { messageOf } from '../../core/errors.ts';
import { recordWith } from '../../core/own-telemetry.ts';
import type { Io } from '../io.ts';
import { Diagnosis } from './diagnosis.ts';
import { isSdkRegistered } from './wanted.ts';

type Api = typeof import('@opentelemetry/api');

export interface TelemetryStart {
  readonly command: string;
  readonly version: string;
  /** For an SDK of ours, see exportSettings; undefined: only one that the user has brought. */
  readonly settings: Readonly<Record<string, string>> | undefined;
}

/** Begins to tell what the command does. Whatever is wrong with that is said, and stops nothing. */
export async function startTelemetry(
  { command, version, settings }: TelemetryStart,
  io: Io,
): Promise<void> {
  const diagnosis = new Diagnosis(io);
  try {
    if (settings && !isSdkRegistered()) await startSdk(settings, diagnosis, io);
    const { OtelRecorder } = await import('./recorder.ts');
    const onFailed = (problem: string): void => diagnosis.warn(problem);
    recordWith(new OtelRecorder({ command, version, onFailed }));
  } catch (error) {
    if (isMissing(error)) io.err(MISSING);
    else diagnosis.warn(`the SDK did not start: ${messageOf(error)}`);
  }
}

const MISSING =
  'warning: OTEL_* variables ask for telemetry of mcp-witness itself, and no OpenTelemetry SDK is installed.\n  fix: npm install @opentelemetry/sdk-node (with -g where mcp-witness was installed so), or set OTEL_SDK_DISABLED=true.\n';

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
}

async function startSdk(
  settings: Readonly<Record<string, string>>,
  { logger }: Diagnosis,
  io: Io,
): Promise<void> {
  const from = import.meta.resolve('@opentelemetry/sdk-node');
  const level = io.env['OTEL_LOG_LEVEL'];
  // The SDK reads the variables of the process. A level makes it write to stdout, where data goes.
  Object.assign(io.env, settings, { OTEL_LOG_LEVEL: '' });
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // All that registers something must be one copy of the API, and the SDK may have its own.
  const { diag, DiagLogLevel } = createRequire(from)('@opentelemetry/api') as Api;
  diag.setLogger(logger, { logLevel: levelOf(level, DiagLogLevel) });
  // Told by the variable alone, the SDK warns that there will be no spans.
  const isWithoutSpans = settings['OTEL_TRACES_EXPORTER'] === 'none';
  new NodeSDK(isWithoutSpans ? { spanProcessors: [] } : {}).start();
}

function levelOf(text: string | undefined, levels: Api['DiagLogLevel']): number {
  const level: unknown = levels[(text ?? '').toUpperCase() as keyof typeof levels];
  return typeof level === 'number' ? level : levels.WARN;
}
