import type { DiagLogger } from '@opentelemetry/api';
import type { Io } from '../io.ts';

/** A collector that is away for a night must not fill a log. */
const QUIET_MS = 600_000;
const LONGEST = 300;
const FIX =
  'Check the OTEL_* variables and that the collector can be reached, or set OTEL_SDK_DISABLED=true.';

/** Says on stderr what is wrong with the export, the same at most every ten minutes. */
export class Diagnosis {
  readonly #io: Pick<Io, 'err'>;
  readonly #saidAt = new Map<string, number>();

  constructor(io: Pick<Io, 'err'>) {
    this.#io = io;
  }

  warn(text: string): void {
    const message = plain(text);
    // Numbers and ids differ where the trouble is the same.
    const key = message.replaceAll(/[0-9a-f]{8,}|\d+/gi, '#');
    const now = performance.now();
    if (now - (this.#saidAt.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.#saidAt.set(key, now);
    this.#io.err(`warning: OpenTelemetry: ${message}\n  fix: ${FIX}\n`);
  }

  /** What the SDK tells of itself. */
  get logger(): DiagLogger {
    const warn = (text: string): void => this.warn(text);
    const tell = (text: string): void => this.#io.err(`OpenTelemetry: ${plain(text)}\n`);
    return { error: warn, warn, info: tell, debug: tell, verbose: tell };
  }
}

/** The SDK writes an error as JSON with its stack. */
function plain(text: string): string {
  let message = text;
  try {
    const parsed = JSON.parse(text) as { readonly message?: unknown };
    if (typeof parsed.message === 'string') message = parsed.message;
  } catch {
    // It is not JSON, and says it in words.
  }
  return message.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, LONGEST);
}
