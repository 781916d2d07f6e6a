import type { Management } from '../ingest/azure/management.ts';
import type { Reached } from '../ingest/azure/reach.ts';
import type { SignedIn } from '../ingest/azure/sign-in.ts';
import type { Config, EventHubsSource, LogAnalyticsSource } from '../ingest/config/config.ts';
import { NOTHING_IN_AZURE, Skipped } from './check.ts';
import { once, type Patient } from './patient.ts';

/** A resource that is looked at; one that only evidence names was not asked for. */
export interface Resource {
  readonly id: string;
  readonly isNamed: boolean;
}

const API_MANAGEMENT = '/microsoft.apimanagement/service/';
const COMPONENTS = '/microsoft.insights/components/';
const EVENT_HUBS_SCOPE = 'https://eventhubs.azure.net/.default';
/** To find that nothing answers. */
const REACH_MS = 5_000;
/** Ways to sign in are tried one after the other, and some start programs. */
const SIGN_IN_MS = 20_000;

/** What the config names in Azure, and the way there. */
export class Estate {
  readonly #patient: Patient;
  readonly #reached = new Map<string, Promise<Reached>>();
  readonly #reachedHosts = new Map<string, Promise<string>>();
  readonly signedIn: () => Promise<SignedIn>;
  readonly #management: () => Promise<Management>;

  constructor(patient: Patient) {
    this.#patient = patient;
    this.signedIn = once(() => this.#signIn());
    this.#management = once(() => this.#openManagement());
  }

  async logs(): Promise<LogAnalyticsSource[]> {
    const { sources } = await this.#config();
    return sources.filter((source) => source.kind === 'log-analytics');
  }

  async hubs(): Promise<EventHubsSource[]> {
    const { sources } = await this.#config();
    return sources.filter((source) => source.kind === 'event-hubs');
  }

  /** The services with HTTPS that the config names. */
  async origins(): Promise<string[]> {
    const { azure } = await this.#config();
    await this.ensureNamed();
    const logs = (await this.logs()).map(({ endpoint }) => new URL(endpoint).origin);
    const named = [...azure.apiManagement, ...azure.applicationInsights];
    return [...new Set([...logs, ...(named.length > 0 ? [azure.endpoint] : [])])];
  }

  /** Asks a service once. UserError: it does not answer. */
  async reach(origin: string): Promise<Reached> {
    const known = this.#reached.get(origin);
    if (known) return known;
    const { now, limitMs } = this.#patient.given;
    const asked = import('../ingest/azure/reach.ts').then(({ reach }) =>
      reach(origin, Math.min(limitMs, REACH_MS), now),
    );
    this.#reached.set(origin, asked);
    return asked;
  }

  /** Opens a connection to the namespace of a hub, once. UserError: nobody takes it. */
  async reachHub(hub: EventHubsSource): Promise<string> {
    const { hostOf } = await import('../ingest/event-hubs/access.ts');
    const { reachHost } = await import('../ingest/azure/reach.ts');
    const { env, limitMs } = this.#patient.given;
    const place = hostOf(hub, env);
    if (place === undefined) throw new Skipped(`${hub.name}: no connection string; see secrets`);
    const { host, port } = place;
    const known = this.#reachedHosts.get(host);
    const asked = known ?? reachHost(host, port, Math.min(limitMs, REACH_MS)).then(() => host);
    this.#reachedHosts.set(host, asked);
    return asked;
  }

  /** Skipped: there is no way to ask this service. */
  async ensureOpen(origin: string): Promise<SignedIn> {
    await this.reach(origin).catch((error: unknown) => {
      if (error instanceof Skipped) throw error;
      throw new Skipped(`${new URL(origin).host} cannot be reached; see network`);
    });
    return this.ensureSignedIn();
  }

  async ensureSignedIn(): Promise<SignedIn> {
    return this.signedIn().catch((error: unknown) => {
      if (error instanceof Skipped) throw error;
      throw new Skipped('nobody is signed in; see sign-in');
    });
  }

  async management(): Promise<Management> {
    await this.ensureNamed();
    await this.ensureOpen((await this.#config()).azure.endpoint);
    return this.#management();
  }

  /** Where resources are read from, for lines that are to be typed. */
  async managementEndpoint(): Promise<string> {
    return (await this.#patient.config()).azure.endpoint;
  }

  /** API Management services: those of the config, then those that the evidence is from. */
  async gateways(): Promise<Resource[]> {
    const { azure } = await this.#config();
    return this.#resources(azure.apiManagement, API_MANAGEMENT, 'api_management');
  }

  /** The only gateway there is, for lines that are typed; a word to put its ARM id in place of. */
  async gatewayToType(): Promise<string> {
    const known = await this.gateways().catch(() => []);
    const [only] = known;
    return known.length === 1 && only ? only.id : 'API_MANAGEMENT_ID';
  }

  /** Application Insights resources, likewise. */
  async components(): Promise<Resource[]> {
    const { azure } = await this.#config();
    const asked = (await this.logs()).flatMap(({ resource }) => resource ?? []);
    const named = [...azure.applicationInsights, ...asked.filter((id) => isOf(id, COMPONENTS))];
    return this.#resources(named, COMPONENTS, 'application_insights');
  }

  async #resources(named: readonly string[], kind: string, key: string): Promise<Resource[]> {
    await this.ensureNamed();
    const seen = await this.#seen(kind);
    const known = new Set(named.map((id) => id.toLowerCase()));
    const others = seen.filter((id) => !known.has(id.toLowerCase()));
    const all = [
      ...named.map((id) => ({ id, isNamed: true })),
      ...others.map((id) => ({ id, isNamed: false })),
    ];
    if (all.length === 0)
      throw new Skipped(`neither config nor evidence names any (azure: ${key})`);
    return all;
  }

  /** Resources that the stored evidence is of. */
  async #seen(kind: string): Promise<string[]> {
    try {
      const store = await this.#patient.store();
      const rows = await store.query<{ resource_id: string }>('doctor/azure/resources_seen.sql', {
        kind,
      });
      return rows.map(({ resource_id: id }) => id).filter(isArmId);
    } catch {
      // The config alone names them then.
      return [];
    }
  }

  /** Skipped: the config names nothing in Azure, so nothing is asked of it. */
  async ensureNamed(): Promise<void> {
    const { sources, azure } = await this.#config();
    const resources = azure.apiManagement.length + azure.applicationInsights.length;
    if (resources === 0 && sources.every(({ kind }) => kind === 'files')) {
      throw new Skipped(NOTHING_IN_AZURE);
    }
  }

  /** API Management services that the evidence is from, and the config does not name. */
  async unnamedGateways(): Promise<string[]> {
    const { azure } = await this.#config();
    const named = new Set(azure.apiManagement.map((id) => id.toLowerCase()));
    return (await this.#seen(API_MANAGEMENT)).filter((id) => !named.has(id.toLowerCase()));
  }

  async #config(): Promise<Config> {
    return this.#patient.config();
  }

  async #signIn(): Promise<SignedIn> {
    const origins = await this.origins();
    const hubs = (await this.hubs()).filter(({ namespace }) => namespace !== undefined);
    if (origins.length + hubs.length === 0) {
      throw new Skipped('the config names nothing in Azure that is signed in to');
    }
    const services = [
      ...origins.map((origin) => this.reach(origin).then(() => `${origin}/.default`)),
      ...hubs.map((hub) => this.reachHub(hub).then(() => EVENT_HUBS_SCOPE)),
    ];
    const [scope] = (await Promise.allSettled(services)).flatMap((each) =>
      each.status === 'fulfilled' ? each.value : [],
    );
    if (scope === undefined) throw new Skipped('nothing of Azure can be reached; see network');
    const { signIn } = await import('../ingest/azure/sign-in.ts');
    return signIn(scope, SIGN_IN_MS);
  }

  async #openManagement(): Promise<Management> {
    const { Management } = await import('../ingest/azure/management.ts');
    const { credential } = await this.signedIn();
    const { now, limitMs } = this.#patient.given;
    const { endpoint } = (await this.#config()).azure;
    return new Management({ endpoint, credential, now, limitMs });
  }
}

function isOf(id: string, kind: string): boolean {
  return id.toLowerCase().includes(kind);
}

/** What telemetry says is an id may be anything, and ours stand in lines that are typed. */
export function isArmId(id: string): boolean {
  return /^\/subscriptions\/[\w-]+\/resourcegroups\/[\w.()-]+\/providers\/[\w.]+\/\w+\/[\w.-]+$/i.test(
    id,
  );
}

/** The last part of an ARM id. */
export function shortName(id: string): string {
  return id.split('/').at(-1) ?? id;
}
