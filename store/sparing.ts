import { isShortOfMemory } from './failures.ts';

/**
 * Does once more, by one thread, what memory is too short for: each thread has parts of joins and sorts of its own.
 * When that does not help either, the first error tells.
 */
export async function sparingly<T>(
  work: () => Promise<T>,
  setThreads: (threads: number | undefined) => Promise<void>,
  threads: number | undefined,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isShortOfMemory(error) || threads === 1) throw error;
    try {
      await setThreads(1);
      return await work();
    } catch {
      throw error;
    } finally {
      await setThreads(threads).catch(() => undefined);
    }
  }
}
