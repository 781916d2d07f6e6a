import type { Connection } from 'rhea';
import { type AmqpError, type Faults, notFound, UNAUTHORIZED } from './faults.ts';
import type { Hub } from './hub.ts';

/** Decides which connection may open a link to what. */
export class Gatekeeper {
  readonly #hub: Hub;
  readonly #faults: Faults;
  /** Entities that each connection has shown a good token for. */
  #claims = new WeakMap<Connection, Set<string>>();

  constructor(hub: Hub, faults: Faults) {
    this.#hub = hub;
    this.#faults = faults;
  }

  /** A connection has shown a good token for the entity of that address. */
  claim(connection: Connection, name: string): void {
    const path = new URL(name).pathname.slice(1).replace(/\/\$management$/, '');
    this.#claims.set(connection, (this.#claims.get(connection) ?? new Set()).add(path));
  }

  /** Every token is out of date from now on. */
  expireAll(): void {
    this.#claims = new WeakMap();
  }

  /** Why a link may not be opened; undefined when it may. */
  refusal(connection: Connection, address: string): AmqpError | undefined {
    const faults = this.#faults;
    if (faults.refuseAll) return faults.refuseAll;
    if (faults.refuseAttaches.count > 0) {
      faults.refuseAttaches.count -= 1;
      return faults.refuseAttaches.error;
    }
    const claims = this.#claims.get(connection) ?? new Set();
    if (![...claims].some((claim) => address.startsWith(claim))) return UNAUTHORIZED;
    const [hub = '', , group = ''] = address.split('/');
    if (!this.#hub.isNamed(hub)) return notFound(`sb://127.0.0.1/${hub}`);
    const isGroup = address.includes('/ConsumerGroups/');
    if (isGroup && !this.#hub.groups.has(group.toLowerCase())) {
      return notFound(`sb://127.0.0.1/${address}`);
    }
    return undefined;
  }
}
