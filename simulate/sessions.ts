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
  /** The session that it left for this one. */
  readonly closedId: string | undefined;
}

/** The sessions that agents hold open, one per agent and server. */
export class Sessions {
  readonly #random: Random;
  readonly #open = new Map<string, OpenSession>();

  constructor(random: Random) {
    this.#random = random;
  }

  use(agent: Agent, server: Server, at: Micros): SessionUse {
    if (agent.sessions === 'none') return { id: undefined, isNew: false, closedId: undefined };
    if (agent.sessions === 'per_call') {
      return { id: this.#random.uuid(), isNew: true, closedId: undefined };
    }
    const key = `${agent.name} ${server.id}`;
    const held = this.#open.get(key);
    if (held && held.usesLeft > 0 && at - held.lastAt < IDLE_LIMIT) {
      this.#open.set(key, { ...held, usesLeft: held.usesLeft - 1, lastAt: at });
      return { id: held.id, isNew: false, closedId: undefined };
    }
    const opened = { id: this.#random.uuid(), usesLeft: this.#random.int(4, 30), lastAt: at };
    this.#open.set(key, opened);
    return { id: opened.id, isNew: true, closedId: held?.id };
  }
}
