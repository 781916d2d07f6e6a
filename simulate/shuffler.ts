import type { Random } from './random.ts';

const MOST_HELD = 200;

/** Holds some records back, to let them go later: a few hundred at most, and all in the end. */
export class Shuffler {
  readonly #random: Random;
  readonly #rate: number;
  #held: string[] = [];

  constructor(random: Random, rate: number) {
    this.#random = random;
    this.#rate = rate;
  }

  /** What to write now that this record has come. */
  next(json: string): readonly string[] {
    if (!this.#random.chance(this.#rate)) return [json];
    this.#held.push(json);
    if (this.#held.length < MOST_HELD) return [];
    const index = this.#random.int(0, this.#held.length - 1);
    const released = this.#held[index] as string;
    this.#held[index] = this.#held.at(-1) as string;
    this.#held.pop();
    return [released];
  }

  rest(): readonly string[] {
    return this.#random.shuffle(this.#held.splice(0));
  }
}
