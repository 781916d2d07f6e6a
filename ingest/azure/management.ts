import type { TokenCredential } from '@azure/identity';
import { type Client, getClient } from '@azure-rest/core-client';
import { UserError } from '../../core/errors.ts';
import { withinTime } from '../../core/time-limit.ts';
import { failureOfAnswer, failureOfClient, type QueryFailure } from '../log-analytics/failures.ts';

/** A JSON object of Azure's; nothing of it is taken for granted. */
export type Json = Readonly<Record<string, unknown>>;

export interface ManagementOptions {
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly now: () => Date;
  /** How long one answer may take, its retries included. */
  readonly limitMs: number;
}

/** A list that goes on for longer is not read to its end. */
const MAX_PAGES = 50;

/** Reads resources from Azure Resource Manager. It has no way to change one. */
export class Management {
  readonly #client: Client;
  readonly #options: ManagementOptions;

  constructor(options: ManagementOptions) {
    this.#options = options;
    const { endpoint, credential } = options;
    this.#client = getClient(endpoint, credential, {
      credentials: { scopes: [`${endpoint}/.default`] },
      retryOptions: { maxRetries: 1, retryDelayInMs: 200 },
    });
  }

  /** The resource at an ARM id; undefined: there is none. UserError: it cannot be read. */
  async find(path: string, apiVersion: string, query = ''): Promise<Json | undefined> {
    return this.#get(path, `?api-version=${apiVersion}${query}`);
  }

  /** All of a collection, page by page; undefined: there is none. */
  async list(path: string, apiVersion: string, query = ''): Promise<Json[] | undefined> {
    const all: Json[] = [];
    let next: string | undefined = `?api-version=${apiVersion}${query}`;
    for (let no = 0; next !== undefined && no < MAX_PAGES; no += 1) {
      const page: Json | undefined = await this.#get(no === 0 ? path : '', next);
      if (page === undefined) return undefined;
      if (!Array.isArray(page['value'])) throw unreadable(nameOf(path), 'an answer without a list');
      all.push(...page['value'].filter((each) => typeof each === 'object' && each !== null));
      next = this.#ownLink(page['nextLink']);
    }
    return all;
  }

  /** A link to elsewhere is not followed: it would be sent the token. */
  #ownLink(link: unknown): string | undefined {
    if (typeof link !== 'string' || !URL.canParse(link)) return undefined;
    return new URL(link).origin === new URL(this.#options.endpoint).origin ? link : undefined;
  }

  async #get(path: string, rest: string): Promise<Json | undefined> {
    const { limitMs, now } = this.#options;
    const place = path === '' ? new URL(rest).pathname : path;
    try {
      const { status, body, headers } = await withinTime(limitMs, async (abortSignal) =>
        this.#client.pathUnchecked(`${path}${rest}`).get({ abortSignal }),
      );
      if (status === '404') return undefined;
      if (status !== '200') {
        const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
        const retryAfter = headers['retry-after'];
        throw failureOfAnswer({ status: Number(status), retryAfter, text }, now());
      }
      if (typeof body !== 'object' || body === null) throw new Error('PARSE_ERROR: no JSON');
      return body as Json;
    } catch (error) {
      const isTold = error instanceof Error && error.name === 'QueryFailure';
      throw explained(isTold ? (error as QueryFailure) : failureOfClient(error), place, limitMs);
    }
  }
}

function explained(failure: QueryFailure, path: string, limitMs: number): UserError {
  const name = nameOf(path);
  const said = `${failure.code === '' ? '' : `${failure.code}: `}${failure.message}`;
  switch (failure.kind) {
    case 'signed_out':
    case 'token_refused':
      return new UserError(
        'access_denied',
        `The sign-in was refused for ${name}: ${said}`,
        'az login   # to the tenant of the subscription',
        { cause: failure },
      );
    case 'forbidden':
      return new UserError(
        'access_denied',
        `Whoever is signed in may not read ${name}`,
        `az role assignment create --role Reader --assignee PRINCIPAL_ID --scope ${scopeOf(path)}`,
        { cause: failure },
      );
    case 'timeout':
      return unreadable(name, `no answer within ${limitMs / 1000} s`, failure);
    default:
      return unreadable(name, said, failure);
  }
}

function unreadable(name: string, why: string, cause?: unknown): UserError {
  return new UserError(
    'source_unreachable',
    `${name} cannot be read: ${why}`,
    'Repeat the command later; --timeout 60s waits longer.',
    { cause },
  );
}

/** The resource that a path is about: 'Microsoft.ApiManagement/service/NAME'. */
const RESOURCE = /^(.*?\/providers\/[^/]+\/[^/]+\/[^/]+)/i;

function scopeOf(path: string): string {
  return RESOURCE.exec(path)?.[1] ?? path;
}

function nameOf(path: string): string {
  return `'${scopeOf(path).split('/').at(-1)}'`;
}
