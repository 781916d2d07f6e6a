import { setTimeout as sleep } from 'node:timers/promises';
import { metrics, trace } from '@opentelemetry/api';
import { messageOf } from '../../core/errors.ts';

/** A collector that answers needs less; one that does not must not hold the program. */
const FLUSH_MS = 3_000;

/** Sends what every SDK that is registered still holds. Says what went wrong, if anything. */
export async function flushProviders(): Promise<string | undefined> {
  const tracers = trace.getTracerProvider() as { getDelegate?: () => unknown };
  const providers = [tracers.getDelegate?.() ?? tracers, metrics.getMeterProvider()];
  const flushed = Promise.allSettled(providers.map(forceFlush)).then(
    (results) => results.find((result) => result.status === 'rejected')?.reason,
  );
  const late = sleep(FLUSH_MS, `the last of it could not be sent within ${FLUSH_MS / 1000} s`);
  const failure: unknown = await Promise.race([flushed, late]);
  return failure === undefined || typeof failure === 'string' ? failure : messageOf(failure);
}

/** Not in the API, but every SDK has it. */
async function forceFlush(provider: unknown): Promise<void> {
  await (provider as { forceFlush?: () => Promise<void> }).forceFlush?.();
}
