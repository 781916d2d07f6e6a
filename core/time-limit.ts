/** What did not end in time. */
export class TimeLimitError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ETIMEDOUT';

  constructor(limitMs: number) {
    super(`no answer within ${limitMs / 1000} s`);
  }
}

/**
 * Does something that may take so long and no longer. The signal is aborted then, and whoever does not heed
 * it is left to himself: what waits for him goes on.
 */
export async function withinTime<T>(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new TimeLimitError(limitMs);
    abort.abort(error);
    reject(error);
  }, limitMs);
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
