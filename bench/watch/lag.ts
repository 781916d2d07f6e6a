import type { Store } from '../../store/store.ts';

/** Points that stand for the events of one partition between two looks. */
const POINTS = 20;

/**
 * How long events wait from being enqueued until another process can read them. Looks at the
 * checkpoints now and then: whatever has passed one since the last look is taken to have passed it only
 * now, so that a lag is never told too low.
 */
export class LagMeter {
  readonly #passed = new Map<string, number>();
  readonly #lags: { readonly ms: number; readonly events: number }[] = [];
  #positions = 0;

  constructor(beganAt: number, partitions: number) {
    for (let no = 0; no < partitions; no += 1) this.#passed.set(String(no), beganAt);
  }

  async look(store: Store): Promise<void> {
    const rows = await store.rows(
      'select partition_id, cast(position as bigint) as position, epoch_ms(enqueued_at) as enqueued_ms from checkpoints',
    );
    const now = Date.now();
    this.#positions = 0;
    for (const row of rows) {
      const partition = String(row['partition_id']);
      this.#positions += Number(row['position']) + 1;
      this.#pass(partition, Number(row['enqueued_ms']), now);
    }
  }

  /** Events arrive evenly, so points between the first and the last stand for all. */
  #pass(partition: string, enqueuedAt: number, now: number): void {
    const before = this.#passed.get(partition) ?? enqueuedAt;
    if (enqueuedAt <= before) return;
    this.#passed.set(partition, enqueuedAt);
    const step = (enqueuedAt - before) / POINTS;
    for (let point = 0; point < POINTS; point += 1) {
      this.#lags.push({ ms: now - before - point * step, events: step });
    }
  }

  /** Events that can be read. */
  get events(): number {
    return this.#positions;
  }

  get maxMs(): number {
    return Math.max(...this.#lags.map(({ ms }) => ms));
  }

  /** The lag that this share of the events does not exceed. */
  quantileMs(share: number): number {
    const ordered = [...this.#lags].sort((a, b) => a.ms - b.ms);
    const all = ordered.reduce((sum, { events }) => sum + events, 0);
    let sum = 0;
    for (const { ms, events } of ordered) {
      sum += events;
      if (sum >= share * all) return ms;
    }
    return this.maxMs;
  }
}
