import type { UsedApproval } from './approvals.ts';
import type { Call, Caller, CallPlan, Prescribed } from './call.ts';
import { drawCall } from './draw-call.ts';
import { drawBrokenEnding, drawItemEnding } from './endings.ts';
import type { Faults } from './fault-table.ts';
import { AGENTS, type Agent, type Protocol } from './fleet/agents.ts';
import type { Server } from './fleet/servers.ts';
import { drawFollower, drawItems, type Follower } from './followers.ts';
import { type Incident, planIncidents, STAGING } from './incidents.ts';
import type { Random } from './random.ts';
import { nameAtServer, Sessions, type SessionUse } from './sessions.ts';
import { inOneRequest } from './several-requests.ts';
import { type Micros, microsFromMs } from './timestamps.ts';
import type { Traffic } from './traffic.ts';

export interface CallInSession {
  readonly call: Call;
  readonly session: SessionUse;
}

/** One piece of an agent's work: a few calls after one another, as a rule in one trace. */
export interface Run {
  readonly caller: Caller;
  readonly at: Micros;
  readonly calls: readonly CallInSession[];
}

/** What all calls of a run have in common. */
interface RunPlan {
  readonly caller: Caller;
  readonly incident: Incident | undefined;
  readonly protocol: Protocol;
  readonly sessions: Agent['sessions'];
  readonly sharesTrace: boolean;
}

/** Where a call of a run goes, and when. */
interface Step {
  readonly server: Server;
  readonly at: Micros;
  readonly session: SessionUse;
  readonly traceId: string;
  readonly prescribed?: Prescribed;
}

/** Draws runs until there are exactly as many calls as were asked for. */
export class Runs {
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly #faults: Faults;
  readonly #total: number;
  readonly #incidents: ReadonlyMap<number, Incident>;
  readonly #sessions: Sessions;
  readonly #usedApprovals = new Map<string, UsedApproval>();
  #next = 0;

  constructor(random: Random, traffic: Traffic, calls: number, faults: Faults) {
    this.#random = random;
    this.#traffic = traffic;
    this.#faults = faults;
    this.#total = calls;
    this.#incidents = planIncidents(calls, faults, random);
    this.#sessions = new Sessions(random, faults.session_per_call);
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
    const end = this.#next + (incident ? 1 : this.#lengthOfRun());
    const run = this.#planRun(caller, incident);

    const calls: CallInSession[] = [];
    let at = start;
    // One call at least: what comes after it may be its companions.
    while (this.#next < end && at < this.#traffic.to) {
      const drawn = this.#drawStep(run, this.#newStep(run, at));
      calls.push(...drawn);
      const last = drawn.reduce((ended, { call }) => Math.max(ended, endOf(call)), at);
      at = last + microsFromMs(random.logNormal(2_500, 0.8));
    }
    return { caller, at: start, calls };
  }

  #planRun(caller: Caller, incident: Incident | undefined): RunPlan {
    const { protocol, sessions } = caller.agent;
    const fallsBack =
      protocol === '2026-07-28' && !incident && this.#random.chance(this.#faults.version_probes);
    const shared = this.#faults.shared_trace;
    return {
      caller,
      incident,
      protocol: fallsBack ? '2025-11-25' : protocol,
      sessions: fallsBack ? 'declared' : sessions,
      sharesTrace: shared >= 1 || this.#random.chance(shared),
    };
  }

  #newStep({ caller, incident, sessions, sharesTrace }: RunPlan, at: Micros): Step {
    const random = this.#random;
    const { agent } = caller;
    const server = incident ? STAGING[incident].server : random.weighted(agent.servers).server;
    return {
      server,
      at,
      // A session that was opened past the gateway is none of those that the gateway saw.
      session:
        incident === 'gateway_bypass'
          ? this.#sessions.own()
          : this.#sessions.use(agent, server, at, sessions),
      traceId: sharesTrace ? caller.traceId : random.hex(4),
    };
  }

  /** A call, or the calls of a batch, with all that follow them at once. */
  #drawStep(run: RunPlan, step: Step): CallInSession[] {
    const room = this.#room();
    if (!run.incident && room > 2) {
      const items = drawItems(this.#random, this.#faults.batches, room);
      if (items > 1) return this.#drawBatch(run, step, items);
    }
    return this.#drawWithFollowers(run, step);
  }

  #drawWithFollowers(run: RunPlan, first: Step): CallInSession[] {
    const random = this.#random;
    const calls: CallInSession[] = [];
    let follower: Follower | undefined;
    let step = first;
    do {
      follower = run.incident || this.#room() < 2 ? undefined : drawFollower(random, this.#faults);
      const call = this.#draw(run, {
        ...step,
        prescribed: {
          ...step.prescribed,
          ...(follower === 'retry' ? { ending: drawBrokenEnding(random) } : {}),
        },
      });
      calls.push({ call, session: step.session });
      // A refused approval is an answer: there is nothing to repeat.
      if (follower === 'retry' && call.ending.transport !== 'error') break;
      if (follower) step = this.#followingStep(run, step, call, follower);
    } while (follower && step.at < this.#traffic.to);
    return calls;
  }

  #followingStep(run: RunPlan, step: Step, call: Call, follower: Follower): Step {
    const random = this.#random;
    const session = step.session.isPerCall
      ? this.#sessions.own()
      : { ...step.session, isNew: false, closedId: undefined };
    if (follower === 'concurrent') {
      return {
        ...step,
        session,
        at: step.at + microsFromMs(random.int(0, 40)),
        traceId: run.sharesTrace ? step.traceId : random.hex(4),
        prescribed: { tool: call.tool, isConcurrent: true },
      };
    }
    return {
      ...step,
      session,
      at: endOf(call) + microsFromMs(random.int(150, 1_500)),
      prescribed: {
        tool: call.tool,
        argumentsHash: call.argumentsHash,
        clientSpan: random.chance(0.5) ? call.clientSpan : undefined,
        isRetry: true,
      },
    };
  }

  #drawBatch(run: RunPlan, step: Step, items: number): CallInSession[] {
    const random = this.#random;
    const tools = step.server.tools.filter(({ needsApproval }) => !needsApproval);
    const calls = Array.from({ length: items }, () =>
      this.#draw(
        { ...run, protocol: '2025-03-26' },
        {
          ...step,
          prescribed: {
            tool: random.weighted(tools),
            ending: drawItemEnding(random, this.#faults.tool_errors),
          },
        },
      ),
    );
    return inOneRequest(calls).map((call) => ({ call, session: step.session }));
  }

  #draw({ caller, incident, protocol }: RunPlan, step: Step): Call {
    const { server, at, session, traceId, prescribed } = step;
    const plan: CallPlan = {
      number: this.#next,
      caller,
      server,
      incident,
      at,
      protocol,
      traceId,
      sessionId: session.id,
      serverSessionId: incident
        ? session.id
        : nameAtServer(session.id, this.#faults.session_aliases),
      prescribed,
      usedApprovals: this.#usedApprovals,
      progress: this.#traffic.progressAt(at),
    };
    this.#next += 1;
    const call = drawCall(this.#random, plan, this.#faults);
    this.#rememberApproval(call);
    return call;
  }

  /** What it was used for is done: whoever names it again has no approval. */
  #rememberApproval({ tool, approval, bypass, decidedAt, argumentsHash }: Call): void {
    if (approval?.result !== 'approved' || bypass || decidedAt === undefined) return;
    this.#usedApprovals.set(tool.name, { approval, decidedAt, argumentsHash });
  }

  /** One to six calls, but never over the next incident, which is a run of its own. */
  #lengthOfRun(): number {
    const wanted = Math.min(6, 1 + Math.floor(-Math.log(1 - this.#random.unit()) * 1.8));
    return this.#room(wanted);
  }

  /** How many calls may come, with the next one, before an incident or the end; `most` at most. */
  #room(most = 6): number {
    let length = 1;
    while (
      length < most &&
      this.#next + length < this.#total &&
      !this.#incidents.has(this.#next + length)
    ) {
      length += 1;
    }
    return length;
  }
}

function endOf({ at, totalMs }: Call): Micros {
  return at + microsFromMs(totalMs);
}
