import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';

const OPEN_ATTEMPTS = 20;
const OPEN_PAUSE_MS = 100;

/** A writer holds the file for moments at a time; a reader waits for its turn, within a bound. */
export async function patiently<T>(open: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      const isBusy = error instanceof UserError && error.code === 'store_busy';
      if (!isBusy || attempt === OPEN_ATTEMPTS) throw error;
      await sleep(OPEN_PAUSE_MS);
    }
  }
}
