import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { LogsQueryClient } from '@azure/monitor-query-logs';
import { failureOfAnswer, failureOfClient, QueryFailure } from '../log-analytics/failures.ts';
import { ID_HEADER, type RawAnswer, rawBodies, type UnderWay } from '../log-analytics/raw-body.ts';
import { dateOfTicks, type Ticks } from '../log-analytics/ticks.ts';

/** A workspace by its id, or a resource by its ARM id. */
export interface Target {
  readonly id: string;
  readonly isResource: boolean;
}

export interface Query {
  readonly target: Target;
  readonly kql: string;
  /** Which times the service looks at, beside what the query says. */
  readonly span: { readonly from: Ticks; readonly to: Ticks };
  readonly signal: AbortSignal | undefined;
}

export interface Answer {
  /** JSON as the service sent it. */
  readonly body: Buffer;
  /** When it was given, by the service's clock. */
  readonly at: Date;
}

export interface LogsOptions {
  readonly endpoint: string;
  readonly now: () => Date;
  /** DefaultAzureCredential when absent. */
  readonly credential?: TokenCredential;
  /** What the service may take for an answer; it is waited for a little longer. */
  readonly timeoutMs?: number;
  /** By how much longer. */
  readonly graceMs?: number;
}

/** More is not held at a time: an answer is in memory several times, and windows aim at a third of it. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** What the service says with status 204. */
const NO_DATA = Buffer.from('{"tables":[{"columns":[],"rows":[]}]}');
const TIMEOUT_MS = 180_000;
const GRACE_MS = 15_000;

/** Asks Log Analytics through its client, and gives answers as they came. Asks once: see `Asker`. */
export class Logs {
  readonly #options: LogsOptions;
  readonly #credential: TokenCredential;
  readonly #underWay = new Map<string, UnderWay>();
  #client: LogsQueryClient;

  private constructor(options: LogsOptions, credential: TokenCredential) {
    this.#options = options;
    this.#credential = credential;
    this.#client = this.#connect();
  }

  static async open(options: LogsOptions): Promise<Logs> {
    return new Logs(options, options.credential ?? (await defaultCredential()));
  }

  #connect(): LogsQueryClient {
    const { endpoint } = this.#options;
    const client = new LogsQueryClient(this.#credential, {
      endpoint,
      credentials: { scopes: [`${new URL(endpoint).origin}/.default`] },
      // The client would wait for the server's whole time again, or not at all; see `Asker`.
      retryOptions: { maxRetries: 0 },
    });
    client.pipeline.addPolicy(rawBodies(this.#underWay));
    return client;
  }

  /** Forgets the token that the client keeps, so that the next query asks for another. */
  forgetToken(): void {
    this.#client = this.#connect();
  }

  /** The answer, whole as far as its bytes go. Throws a QueryFailure. */
  async ask({ target, kql, span, signal }: Query): Promise<Answer> {
    const { timeoutMs = TIMEOUT_MS, graceMs = GRACE_MS } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs + graceMs);
    const tooLarge = new AbortController();
    const id = randomUUID();
    const underWay: UnderWay = {
      signal: AbortSignal.any([timeout, tooLarge.signal, ...(signal ? [signal] : [])]),
      onBytes: (loaded) => {
        if (loaded > MAX_ANSWER_BYTES) tooLarge.abort();
      },
    };
    this.#underWay.set(id, underWay);
    try {
      const options = {
        serverTimeoutInSeconds: Math.ceil(timeoutMs / 1000),
        requestOptions: { headers: { [ID_HEADER]: id } },
      };
      const times = { startTime: dateOfTicks(span.from), endTime: dateOfTicks(span.to + 9_999n) };
      // The client puts a slash of its own before it.
      const path = target.id.replace(/^\//, '');
      if (target.isResource) await this.#client.queryResource(path, kql, times, options);
      else await this.#client.queryWorkspace(path, kql, times, options);
    } catch (error) {
      signal?.throwIfAborted();
      // What an answer that is no JSON makes the client throw says nothing of it.
      if (underWay.answer === undefined) {
        throw tooLarge.signal.aborted
          ? new QueryFailure('too_large', `more than ${MAX_ANSWER_BYTES} bytes`)
          : failureOfClient(error);
      }
    } finally {
      this.#underWay.delete(id);
    }
    return this.#wholeOf(underWay.answer);
  }

  #wholeOf(answer: RawAnswer | undefined): Answer {
    const now = this.#options.now();
    if (answer === undefined) throw new Error('an answer without a body');
    const { body } = answer;
    const at = answer.date === undefined ? now : new Date(answer.date);
    if (answer.status === 204) return { body: NO_DATA, at };
    if (answer.status !== 200)
      throw failureOfAnswer({ ...answer, text: body.toString('utf8') }, now);
    if (body.length === 0) throw new QueryFailure('cut', 'an empty answer');
    return { body, at };
  }
}

async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
