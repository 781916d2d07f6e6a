import type { Clue, Clues, Pair } from './clues.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** By which rung the evidence decides which records belong to a call, and against how many others. */
export interface Decision {
  /** The strongest rung that decides all of the call's records; `none` if no rung does. */
  readonly decidable: 'operation_id' | 'session' | 'agent' | 'none';
  /** Also true for a call of one record, where nothing on the other side looks like it. */
  readonly decided: boolean;
  /** How many other true calls are as plausible; 0 where it is decided. */
  readonly rivals: number;
}

/**
 * What two records can share, strongest first. Parentage is a fact that needs no time. After it,
 * records of one tool at one server share a trace, a session, an agent; the last level is only
 * for counting those that share nothing else.
 */
const LEVELS = ['parent', 'trace', 'session', 'agent', 'nothing'] as const;
const RUNG_OF_LEVEL = ['operation_id', 'operation_id', 'session', 'agent'] as const;
const TRACE = 1;
const AGENT = 3;
const NOTHING = 4;

/**
 * Another record is as plausible unless it is further away than the true one by more than this. A
 * reader that estimates clocks from certain pairs, server by server, is not better than this in an
 * hour that has few of them.
 */
const MARGIN: Micros = microsFromMs(250);
/** How far back in time the gateway's record of a server's can be. */
const LONGEST_WAY: Micros = microsFromMs(2_000);

/**
 * Judges calls by the clues around them in time; no correlator is asked. The definition is in
 * docs/decisions/0013-ground-truth.md. A pair is decided on a
 * level if its records share what the level is about, and no record of another call does that as
 * well, unless that one is decided on a stronger level, and so is taken.
 */
export class Decidability {
  #clues: Clue[] = [];
  #isSorted = true;

  add(clues: readonly Clue[]): void {
    this.#clues.push(...clues);
    this.#isSorted = false;
  }

  /** Forgets what is older: nothing that is still to be judged is near it. */
  forgetBefore(at: Micros): void {
    this.#sort();
    this.#clues.splice(0, this.#positionOf(at));
  }

  judge({ pairs, lone }: Clues): Decision {
    this.#sort();
    if (pairs.length === 0) {
      const rivals = this.#rivalsOfLone(lone);
      // Nothing says that several records without another side are of one call.
      return { decidable: 'none', decided: rivals === 0 && lone.length < 2, rivals };
    }
    const levels = pairs.map((pair) => this.#levelOf(pair));
    const weakest = Math.max(...levels);
    const rung = RUNG_OF_LEVEL[weakest];
    if (rung !== undefined) return { decidable: rung, decided: true, rivals: 0 };
    return {
      decidable: 'none',
      decided: false,
      rivals: Math.max(...pairs.map((pair) => this.#fewestRivals(pair))),
    };
  }

  /** The strongest level that decides a pair; `NOTHING` if none does. */
  #levelOf(pair: Pair): number {
    for (let level = 0; level < NOTHING; level += 1) if (this.#decides(pair, level)) return level;
    return NOTHING;
  }

  #decides(pair: Pair, level: number): boolean {
    pair.decides[level] ??=
      level === 0
        ? pair.hasParentage
        : share(level, pair.gateway, pair.server) && this.#rivals(pair, level).size === 0;
    return pair.decides[level] ?? false;
  }

  #rivals({ gateway, server }: Pair, level: number): Set<number> {
    const reach = Math.abs(server.at - gateway.at) + MARGIN;
    const rivals = new Set<number>();
    for (const other of this.#near(gateway.at, reach, reach, 'server')) {
      if (
        other.call !== gateway.call &&
        share(level, gateway, other) &&
        !this.#isTaken(other, level)
      )
        rivals.add(other.call);
    }
    for (const other of this.#near(server.at, reach, reach, 'gateway')) {
      if (other.call !== server.call && share(level, other, server) && !this.#isTaken(other, level))
        rivals.add(other.call);
    }
    return rivals;
  }

  /** Whatever a pair shares narrows the choice: the level with the fewest others counts. */
  #fewestRivals(pair: Pair): number {
    let fewest: number | undefined;
    for (let level = TRACE; level <= AGENT; level += 1) {
      if (!share(level, pair.gateway, pair.server)) continue;
      fewest = Math.min(fewest ?? Number.POSITIVE_INFINITY, this.#rivals(pair, level).size);
    }
    return fewest ?? this.#rivals(pair, NOTHING).size;
  }

  /** Records of the other side that could be what is missing, because nothing else claims them. */
  #rivalsOfLone(lone: readonly Clue[]): number {
    const rivals = new Set<number>();
    for (const clue of lone) {
      const isGateway = clue.side === 'gateway';
      const [before, after] = isGateway ? [0, clue.reachesTo - clue.at] : [LONGEST_WAY, 0];
      const side = isGateway ? 'server' : 'gateway';
      for (const other of this.#near(clue.at, before + MARGIN, after + MARGIN, side)) {
        const [gateway, server] = isGateway ? [clue, other] : [other, clue];
        if (other.call === clue.call || server.at > gateway.reachesTo + MARGIN) continue;
        if (this.#isTaken(other, NOTHING)) continue;
        if ([1, 2, 3].some((level) => share(level, gateway, server))) rivals.add(other.call);
      }
    }
    return rivals.size;
  }

  /** A stronger level has decided what this record belongs to. */
  #isTaken({ pairs }: Clue, level: number): boolean {
    return pairs.some((pair) => {
      for (let stronger = 0; stronger < level; stronger += 1) {
        if (this.#decides(pair, stronger)) return true;
      }
      return false;
    });
  }

  *#near(at: Micros, before: Micros, after: Micros, side: Clue['side']): Generator<Clue> {
    for (let index = this.#positionOf(at - before); index < this.#clues.length; index += 1) {
      const clue = this.#clues[index] as Clue;
      if (clue.at > at + after) return;
      if (clue.side === side) yield clue;
    }
  }

  /** Of the first clue that is not before `at`. */
  #positionOf(at: Micros): number {
    let [low, high] = [0, this.#clues.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#clues[middle] as Clue).at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#clues.sort((a, b) => a.at - b.at);
    this.#isSorted = true;
  }
}

/** Two records have in common what a level is about. Ids of batch items that differ forbid all. */
function share(level: number, gateway: Clue, server: Clue): boolean {
  if (gateway.tool !== server.tool || gateway.server !== server.server) return false;
  if (gateway.rpcId !== undefined && server.rpcId !== undefined && gateway.rpcId !== server.rpcId)
    return false;
  switch (LEVELS[level]) {
    case 'trace':
      return (
        gateway.trace !== undefined &&
        (gateway.trace === server.trace || gateway.trace === server.linkedTrace)
      );
    case 'session':
      return gateway.session !== undefined && gateway.session === server.session;
    case 'agent':
      return gateway.agent !== undefined && gateway.agent === server.agent;
    default:
      return true;
  }
}
