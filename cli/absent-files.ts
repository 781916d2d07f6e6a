import { isWithoutFiles } from '../core/errors.ts';
import type { Io } from './io.ts';

/** Paths at which no file is any more, or not again: each is told of once, for as long as that lasts. */
export class AbsentFiles {
  #mayBe = false;
  #told = new Set<string>();
  #now = new Set<string>();

  /** From here on files may be absent: before, a path is more likely wrong, if no empty folder is there. */
  begin(): void {
    this.#mayBe = true;
  }

  /** Whether that is what an error says, and may be; tells of it. */
  isWhy(error: unknown, io: Io): boolean {
    if (!isWithoutFiles(error) || (!this.#mayBe && error.code !== 'files_not_yet')) return false;
    if (!this.#told.has(error.message)) io.err(`warning: ${error.message} It is watched on.\n`);
    this.#now.add(error.message);
    return true;
  }

  endTurn(): void {
    this.#told = this.#now;
    this.#now = new Set();
  }
}
