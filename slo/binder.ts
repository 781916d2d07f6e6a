import type { Parameter } from '../store/store.ts';

type ParameterType = 'Timestamp' | 'Varchar' | 'Bigint' | 'Double' | 'Boolean';

/** Collects the values of one statement; what a definition holds only ever enters as a parameter. */
export class Binder {
  readonly #params: Record<string, Parameter>;
  #count = 0;

  constructor(params: Readonly<Record<string, Parameter>>) {
    this.#params = { ...params };
  }

  /** Keeps the value and returns how the statement refers to it. */
  bind(value: string | number | boolean, type: ParameterType): string {
    this.#count += 1;
    const name = `value_${this.#count}`;
    this.#params[name] = value;
    return `{${name}:${type}}`;
  }

  get params(): Readonly<Record<string, Parameter>> {
    return this.#params;
  }
}
