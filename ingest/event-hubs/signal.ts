/** Something that may be waited for, again and again. */
export class Signal {
  #waiting: (() => void)[] = [];

  /** Wakes all who wait now. */
  notify(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits for the next `notify`, at most so long. */
  async wait(ms?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#waiting = this.#waiting.filter((each) => each !== resolve);
  }
}
