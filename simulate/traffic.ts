import { type Micros, microsOf } from './timestamps.ts';

const HOUR = 3_600_000_000;

/** How busy each hour of a UTC working day is. */
const BUSY_BY_HOUR = [
  2, 2, 2, 2, 3, 5, 12, 30, 55, 70, 72, 66, 52, 64, 72, 68, 52, 34, 20, 13, 9, 6, 4, 3,
];
const WEEKEND_SHARE = 0.3;

/** When things happen: busy by day, quiet by night and at the weekend. */
export class Traffic {
  readonly from: Micros;
  readonly to: Micros;
  readonly #ends: number[] = [];
  readonly #starts: Micros[] = [];
  #cursor = 0;

  constructor(from: Date, to: Date) {
    this.from = microsOf(from);
    this.to = microsOf(to);
    let total = 0;
    for (let start = this.from; start < this.to; start = this.#hourEnd(start)) {
      total += busyness(start) * (this.#hourEnd(start) - start);
      this.#starts.push(start);
      this.#ends.push(total);
    }
  }

  /** The moment by which `share` (0 to 1) of all traffic has happened. Ask in rising order. */
  timeAt(share: number): Micros {
    const wanted = share * (this.#ends.at(-1) ?? 0);
    if (wanted < (this.#ends[this.#cursor - 1] ?? 0)) this.#cursor = 0;
    while (this.#cursor < this.#ends.length - 1 && wanted >= (this.#ends[this.#cursor] ?? 0)) {
      this.#cursor += 1;
    }
    const start = this.#starts[this.#cursor] ?? this.from;
    const before = this.#ends[this.#cursor - 1] ?? 0;
    const at = start + Math.floor((wanted - before) / busyness(start));
    return Math.min(at, this.to - 1);
  }

  /** How far into the window a moment is, 0 to 1. */
  progressAt(at: Micros): number {
    return (at - this.from) / (this.to - this.from);
  }

  #hourEnd(start: Micros): Micros {
    return Math.min((Math.floor(start / HOUR) + 1) * HOUR, this.to);
  }
}

function busyness(at: Micros): number {
  const date = new Date(at / 1000);
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  return (BUSY_BY_HOUR[date.getUTCHours()] ?? 1) * (weekend ? WEEKEND_SHARE : 1);
}
