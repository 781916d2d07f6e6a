import { openFailed } from './failures.ts';
import { ADDER_PATIENCE, patiently } from './patience.ts';
import type { Store } from './store.ts';

/** What the file is called while it is held. */
const NAME = 'witness';

/** A database file that others may read whenever no connection of ours holds it. */
export class SharedFile {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Does `work` while the connection of `store` has the file's tables as its own. Connections take turns,
   * in the order in which they asked; work that holds must not hold again. What was committed is in the file
   * itself when it is let go.
   */
  async hold<T>(store: Store, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#holdNow(store, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #holdNow<T>(store: Store, work: () => Promise<T>): Promise<T> {
    await patiently(() => this.#attach(store), ADDER_PATIENCE);
    try {
      await store.run(`use ${NAME}`);
      return await work();
    } finally {
      await store.run('use memory');
      await store.run(`detach ${NAME}`);
    }
  }

  async #attach(store: Store): Promise<void> {
    try {
      await store.run(`attach ${quoted(this.#path)} as ${NAME}`);
    } catch (error) {
      throw openFailed(this.#path, error);
    }
  }
}

/** The statement that opens a file takes no parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
