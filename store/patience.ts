import { rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';

const PAUSE_MS = 50;
/** A writer that waits says so at each try; what is older was left by one that was killed. */
const MARK_MS = 500;
/** How long a reader lets a writer go first that waits for other readers. */
const COURTESY_MS = 2_000;

/** How long somebody waits for the file, in milliseconds. */
export type Patience = number;

/** A writer that adds holds the file for moments at a time; one that correlates, for longer. */
export const READER_PATIENCE: Patience = 30_000;
/** A question of a reader may take long. */
export const WRITER_PATIENCE: Patience = 15_000;
/** A writer that adds by and by also waits for a correlation; what waits for it is one batch. */
export const ADDER_PATIENCE: Patience = 120_000;

/**
 * Opens a file to read as soon as no writer has it, within a bound. Readers share a file, so many of them
 * that come and go would keep a writer out for good: one that waits is let in first.
 */
export async function patientlyToRead<T>(
  path: string,
  open: () => Promise<T>,
  patience: Patience,
): Promise<T> {
  for (let waited = 0; waited < COURTESY_MS && isAwaited(path); waited += PAUSE_MS)
    await sleep(PAUSE_MS);
  return patiently(open, patience);
}

/** Opens a file to write as soon as nobody else has it, within a bound. */
export async function patientlyToWrite<T>(
  path: string,
  open: () => Promise<T>,
  patience: Patience,
): Promise<T> {
  let hasWaited = false;
  try {
    return await patiently(open, patience, () => {
      hasWaited = true;
      writeFileSync(mark(path), '', { mode: 0o600 });
    });
  } finally {
    if (hasWaited) rmSync(mark(path), { force: true });
  }
}

async function patiently<T>(
  open: () => Promise<T>,
  patience: Patience,
  whenBusy: () => void = () => undefined,
): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await open();
    } catch (error) {
      const isBusy = error instanceof UserError && error.code === 'store_busy';
      if (!isBusy || waited >= patience) throw error;
      whenBusy();
      await sleep(PAUSE_MS);
    }
  }
}

const mark = (path: string): string => `${path}.waiting`;

function isAwaited(path: string): boolean {
  const noted = statSync(mark(path), { throwIfNoEntry: false });
  return noted !== undefined && Math.abs(Date.now() - noted.mtimeMs) < MARK_MS;
}
