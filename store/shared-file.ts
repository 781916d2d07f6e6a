import { openFailed } from './failures.ts';
import { ADDER_PATIENCE, patiently } from './patience.ts';
import type { Store } from './store.ts';

/** What the file is called while it is held. */
const NAME = 'witness';

/** How the file is attached. */
type Mode = '' | '(read_only)';

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
    return this.#inTurn(store, '', work);
  }

  /** The same for work that only reads: other processes may read meanwhile, and none may write. */
  async holdToRead<T>(store: Store, work: () => Promise<T>): Promise<T> {
    return this.#inTurn(store, '(read_only)', work);
  }

  async #inTurn<T>(store: Store, mode: Mode, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#holdNow(store, mode, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #holdNow<T>(store: Store, mode: Mode, work: () => Promise<T>): Promise<T> {
    await patiently(() => this.#attach(store, mode), ADDER_PATIENCE);
    try {
      await store.run(`use ${NAME}`);
      return await work();
    } finally {
      await store.run('use memory');
      await store.run(`detach ${NAME}`);
    }
  }

  async #attach(store: Store, mode: Mode): Promise<void> {
    try {
      await store.run(`attach ${quoted(this.#path)} as ${NAME} ${mode}`);
    } catch (error) {
      throw openFailed(this.#path, error);
    }
  }
}

/** The statement that opens a file takes no parameters. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
