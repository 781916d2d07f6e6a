import type { Store } from '../store/store.ts';
import { runPrelude } from './prelude.ts';
import { givenBy } from './shapes.ts';
import type { Source } from './sources.ts';
import { step } from './step.ts';

/**
 * Finds values that were there and could not be read as what their column is. Of a connection whose
 * macros count them while it maps; only where one was counted is there anything to do.
 */
export class UnreadableValues {
  readonly #store: Store;
  #counted = 0;
  #countedBags = 0;

  private constructor(store: Store) {
    this.#store = store;
  }

  static async prepare(store: Store): Promise<UnreadableValues> {
    await store.script('create or replace temp sequence unreadable_so_far');
    await runPrelude(store, 'unreadable');
    return new UnreadableValues(store);
  }

  /** Notes where they are among the rows that were just mapped: what the source gives with stand-ins differs there. */
  async note({ file }: Source): Promise<void> {
    const store = this.#store;
    const { values, bags } = await this.#hasCounted();
    if (bags) await this.#noteBags();
    if (!values) return;
    await runPrelude(store, 'stand_in');
    try {
      // One of the two is another than what the source falls back on.
      for (const boolean of ['true', 'false']) {
        await store.script(`set variable stand_in = ${boolean}`);
        await store.script(
          `create or replace temp table stood_in as ${givenBy(file.sql)} ${step('stood_in')}`,
        );
        await store.run(`insert into unreadable by name ${step('find_unreadable')}`);
      }
      await store.script('drop table stood_in');
    } finally {
      await runPrelude(store, 'unreadable');
    }
  }

  async #noteBags(): Promise<void> {
    const store = this.#store;
    await store.script(step('find_broken_bags'));
    await store.run(`insert into unreadable by name ${step('broken_bags')}`);
    await store.run(step('reject_broken'));
    await store.script('drop table broken_bags');
  }

  async #hasCounted(): Promise<{ readonly values: boolean; readonly bags: boolean }> {
    const [row] = await this.#store.rows(
      "select nextval('unreadable_so_far') as value_no, nextval('unreadable_bags_so_far') as bag_no",
    );
    const [values, bags] = [Number(row?.['value_no']), Number(row?.['bag_no'])];
    const found = { values: values > this.#counted + 1, bags: bags > this.#countedBags + 1 };
    this.#counted = values;
    this.#countedBags = bags;
    return found;
  }
}
