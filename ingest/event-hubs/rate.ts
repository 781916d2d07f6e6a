/** So far back a rate looks, and at least to what was told before. */
const WINDOW_MS = 10_000;

interface Sample {
  readonly at: number;
  readonly count: number;
}

/** How much a count grows per second now, and not since it began. */
export class Rate {
  #samples: Sample[] = [{ at: performance.now(), count: 0 }];

  perSecond(count: number): number {
    const at = performance.now();
    const isOld = ({ at: sampledAt }: Sample): boolean => at - sampledAt >= WINDOW_MS;
    const base = this.#samples.findLast(isOld) ?? (this.#samples[0] as Sample);
    this.#samples = [...this.#samples.slice(this.#samples.indexOf(base)), { at, count }];
    return (count - base.count) / Math.max((at - base.at) / 1000, 0.001);
  }
}
