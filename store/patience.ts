import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';

const PAUSE_MS = 50;

/** How long somebody waits for the file, in milliseconds. */
export type Patience = number;

/** A writer that adds holds the file for moments at a time; one that correlates, for longer. */
export const READER_PATIENCE: Patience = 30_000;
/** A question of a reader may take long. */
export const WRITER_PATIENCE: Patience = 15_000;
/** A writer that adds by and by also waits for a correlation; what waits for it is one batch. */
export const ADDER_PATIENCE: Patience = 120_000;

/** Opens a file as soon as nobody else has it, within a bound. */
export async function patiently<T>(open: () => Promise<T>, patience: Patience): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await open();
    } catch (error) {
      const isBusy = error instanceof UserError && error.code === 'store_busy';
      if (!isBusy || waited >= patience) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
