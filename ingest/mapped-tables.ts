import type { Store } from '../store/store.ts';
import { step } from './step.ts';

/** What was mapped since the last commit: the table `mapped` and those before it, all of them the view `evidence`. */
export class MappedTables {
  readonly #store: Store;
  #full = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Starts a new table: what fills an empty one stays where it is, the rest would be copied. */
  async startNext(): Promise<void> {
    this.#full += 1;
    await this.#store.script(`alter table mapped rename to mapped_${this.#full}`);
    await this.#store.script(step('mapped_table'));
    await this.#show();
  }

  /** Lets go of what was committed. */
  async startOver(): Promise<void> {
    for (let no = 1; no <= this.#full; no += 1) await this.#store.script(`drop table mapped_${no}`);
    this.#full = 0;
    await this.#show();
  }

  async #show(): Promise<void> {
    const full = Array.from({ length: this.#full }, (_, no) => `mapped_${no + 1}`);
    const all = ['mapped', ...full].map((table) => `from ${table}`).join(' union all ');
    await this.#store.script(`create or replace temp view evidence as ${all}`);
  }
}
