import type { Agent } from './fleet/agents.ts';
import type { Server } from './fleet/servers.ts';
import type { Random } from './random.ts';
import type { Micros } from './timestamps.ts';

const IDLE_LIMIT: Micros = 30 * 60 * 1_000_000;

interface OpenSession {
  readonly id: string;
  readonly usesLeft: number;
  readonly lastAt: Micros;
}

/** How one call uses an MCP session. */
export interface SessionUse {
  /** Undefined: this client has no sessions (MCP 2026-07-28). */
  readonly id: string | undefined;
  /** The call had to open the session first. */
  readonly isNew: boolean;
  /** Nothing but this call is in it. */
  readonly isPerCall: boolean;
  /** The session that it left for this one. */
  readonly closedId: string | undefined;
}

const NO_SESSION: SessionUse = {
  id: undefined,
  isNew: false,
  isPerCall: false,
  closedId: undefined,
};

/** The sessions that agents hold open, one per agent and server. */
export class Sessions {
  readonly #random: Random;
  readonly #perCall: number;
  readonly #open = new Map<string, OpenSession>();

  constructor(random: Random, perCall: number) {
    this.#random = random;
    this.#perCall = perCall;
  }

  use(agent: Agent, server: Server, at: Micros, behaviour = agent.sessions): SessionUse {
    if (behaviour === 'none') return NO_SESSION;
    if (behaviour === 'per_call' || this.#random.chance(this.#perCall)) return this.own();
    const key = `${agent.name} ${server.id}`;
    const held = this.#open.get(key);
    if (held && held.usesLeft > 0 && at - held.lastAt < IDLE_LIMIT) {
      this.#open.set(key, { ...held, usesLeft: held.usesLeft - 1, lastAt: at });
      return { ...NO_SESSION, id: held.id };
    }
    const opened = { id: this.#random.uuid(), usesLeft: this.#random.int(4, 30), lastAt: at };
    this.#open.set(key, opened);
    return { ...NO_SESSION, id: opened.id, isNew: true, closedId: held?.id };
  }

  /** A session for one call. */
  own(): SessionUse {
    return { ...NO_SESSION, id: this.#random.uuid(), isNew: true, isPerCall: true };
  }
}

/** Some servers log a session under a name of their own; always the same for the same session. */
export function nameAtServer(id: string | undefined, aliased: number): string | undefined {
  if (id === undefined || aliased === 0) return id;
  const isAliased = Number.parseInt(id.slice(0, 8), 16) < aliased * 2 ** 32;
  return isAliased ? `jti:${id.slice(-12)}${id.slice(0, 8)}` : id;
}
