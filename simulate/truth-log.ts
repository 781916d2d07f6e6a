import type { Call } from './call.ts';
import { type Clues, cluesOf } from './clues.ts';
import { Decidability } from './decidability.ts';
import { type TruthOfCall, TruthTotals, truthOf } from './ground-truth.ts';
import type { RecordFile } from './record-files.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** Records that are further apart in time than this have no bearing on one another. */
const HORIZON: Micros = microsFromMs(10_000);
const CALLS_PER_ROUND = 1_000;

interface Waiting {
  readonly truth: TruthOfCall;
  readonly clues: Clues;
  readonly runAt: Micros;
  readonly lastAt: Micros;
}

/**
 * Writes the truth of each call, in order, once all calls are known that its evidence could be
 * confused with. It holds the calls of some minutes, however many there are in all.
 */
export class TruthLog {
  readonly totals = new TruthTotals();
  readonly #file: RecordFile;
  readonly #hasGatewayInsights: boolean;
  readonly #decidability = new Decidability();
  #waiting: Waiting[] = [];
  #settleAt = CALLS_PER_ROUND;

  constructor(file: RecordFile, hasGatewayInsights: boolean) {
    this.#file = file;
    this.#hasGatewayInsights = hasGatewayInsights;
  }

  /** `runAt` never goes back: no call is still to come that began earlier. */
  add(call: Call, runAt: Micros): void {
    const clues = cluesOf(call, this.#hasGatewayInsights);
    this.#decidability.add(clues.all);
    const lastAt = clues.all.reduce((last, { at }) => Math.max(last, at), runAt);
    this.#waiting.push({ truth: truthOf(call), clues, runAt, lastAt });
    if (this.#waiting.length >= this.#settleAt) this.#settle(runAt);
  }

  close(): void {
    this.#settle(Number.POSITIVE_INFINITY);
  }

  #settle(runAt: Micros): void {
    let ready = 0;
    for (const { lastAt } of this.#waiting) {
      if (lastAt + HORIZON >= runAt) break;
      ready += 1;
    }
    for (const { truth, clues } of this.#waiting.splice(0, ready)) {
      const judged = { ...truth, ...this.#decidability.judge(clues) };
      this.#file.add(judged);
      this.totals.add(judged);
    }
    const [next] = this.#waiting;
    if (next) this.#decidability.forgetBefore(next.runAt - HORIZON);
    this.#settleAt = this.#waiting.length + CALLS_PER_ROUND;
  }
}
