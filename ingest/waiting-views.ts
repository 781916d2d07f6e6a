import type { Store } from '../store/store.ts';
import { step } from './step.ts';
import type { Waiting } from './waiting.ts';

type Kind = Waiting['kind'];

const LINES: Readonly<Record<Kind, string>> = {
  text: 'select record_id, body from text_lines',
  rows: step('row_lines'),
};
const BAGS: Readonly<Record<Kind, string>> = { text: step('text_bags'), rows: step('row_bags') };

/** The views `lines` and `bags`: what waits to be mapped, as JSON, and as keys and values. */
export class WaitingViews {
  readonly #store: Store;
  #shown = '';

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes them show what is of these kinds. A part of which there is nothing makes each statement prepare its expressions once more. */
  async show(kinds: ReadonlySet<Kind>): Promise<void> {
    const shown = [...kinds].sort();
    if (shown.join() === this.#shown) return;
    this.#shown = shown.join();
    for (const [view, parts] of Object.entries({ lines: LINES, bags: BAGS })) {
      const all = shown.map((kind) => `(${parts[kind]})`).join(' union all ');
      await this.#store.script(`create or replace temp view ${view} as ${all}`);
    }
  }
}
