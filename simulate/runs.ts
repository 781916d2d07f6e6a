import type { Call, Caller } from './call.ts';
import { drawCall } from './draw-call.ts';
import type { Faults } from './faults.ts';
import { AGENTS } from './fleet/agents.ts';
import type { Server } from './fleet/servers.ts';
import { type Incident, planIncidents, STAGING } from './incidents.ts';
import type { Random } from './random.ts';
import { Sessions, type SessionUse } from './sessions.ts';
import { type Micros, microsFromMs } from './timestamps.ts';
import type { Traffic } from './traffic.ts';

export interface CallInSession {
  readonly call: Call;
  readonly session: SessionUse;
}

/** One piece of an agent's work: a few calls after one another, in one trace. */
export interface Run {
  readonly caller: Caller;
  readonly at: Micros;
  readonly calls: readonly CallInSession[];
}

/** Draws runs until there are exactly as many calls as were asked for. */
export class Runs {
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly #faults: Faults;
  readonly #total: number;
  readonly #incidents: ReadonlyMap<number, Incident>;
  readonly #sessions: Sessions;
  #next = 0;

  constructor(random: Random, traffic: Traffic, calls: number, faults: Faults) {
    this.#random = random;
    this.#traffic = traffic;
    this.#faults = faults;
    this.#total = calls;
    this.#incidents = planIncidents(calls, faults, random);
    this.#sessions = new Sessions(random);
  }

  *[Symbol.iterator](): Generator<Run> {
    while (this.#next < this.#total) yield this.#drawRun();
  }

  #drawRun(): Run {
    const random = this.#random;
    const incident = this.#incidents.get(this.#next);
    const agent = incident ? STAGING[incident].agent : random.weighted(AGENTS);
    const caller: Caller = {
      agent,
      user: random.pick(agent.users),
      ip: `203.0.113.${10 + AGENTS.indexOf(agent) * 8 + random.int(0, 3)}`,
      traceId: random.hex(4),
    };
    const start = this.#traffic.timeAt((this.#next + random.unit()) / this.#total);
    const length = incident ? 1 : this.#lengthOfRun();

    const calls: CallInSession[] = [];
    for (let at = start; calls.length < length && at < this.#traffic.to; ) {
      const server = incident ? STAGING[incident].server : random.weighted(agent.servers).server;
      const drawn = this.#drawCall(caller, server, incident, at);
      calls.push(drawn);
      at += microsFromMs(drawn.call.totalMs + random.logNormal(2_500, 0.8));
    }
    return { caller, at: start, calls };
  }

  #drawCall(
    caller: Caller,
    server: Server,
    incident: Incident | undefined,
    at: Micros,
  ): CallInSession {
    // A session that was opened past the gateway is none of those that the gateway saw.
    const session =
      incident === 'gateway_bypass'
        ? { id: this.#random.uuid(), isNew: true, closedId: undefined }
        : this.#sessions.use(caller.agent, server, at);
    const call = drawCall(
      this.#random,
      {
        number: this.#next,
        caller,
        server,
        incident,
        at,
        sessionId: session.id,
        progress: this.#traffic.progressAt(at),
      },
      this.#faults,
    );
    this.#next += 1;
    return { call, session };
  }

  /** One to six calls, but never over the next incident, which is a run of its own. */
  #lengthOfRun(): number {
    const wanted = Math.min(6, 1 + Math.floor(-Math.log(1 - this.#random.unit()) * 1.8));
    let length = 1;
    while (
      length < wanted &&
      this.#next + length < this.#total &&
      !this.#incidents.has(this.#next + length)
    ) {
      length += 1;
    }
    return length;
  }
}
