import { connect } from 'node:net';
import { getClient } from '@azure-rest/core-client';
import { messageOf, UserError } from '../../core/errors.ts';
import { withinTime } from '../../core/time-limit.ts';
import { failureOfClient } from '../log-analytics/failures.ts';

/** A service that answered, whatever it said. */
export interface Reached {
  /** Its clock less ours, give or take `withinMs`; undefined: it does not say. */
  readonly aheadMs: number | undefined;
  readonly withinMs: number;
}

/** Asks a service for anything at all, without signing in. UserError: it does not answer. */
export async function reach(origin: string, limitMs: number, now: () => Date): Promise<Reached> {
  const client = getClient(origin, { retryOptions: { maxRetries: 0 } });
  const begun = now().getTime();
  try {
    const { headers } = await withinTime(limitMs, async (abortSignal) =>
      client.pathUnchecked('/').get({ abortSignal }),
    );
    const ended = now().getTime();
    const theirs = Date.parse(headers['date'] ?? '');
    // The header has whole seconds.
    const withinMs = (ended - begun) / 2 + 500;
    const aheadMs = theirs + 500 - (begun + ended) / 2;
    return { aheadMs: Number.isNaN(theirs) ? undefined : aheadMs, withinMs };
  } catch (error) {
    throw notReached(origin, error, limitMs);
  }
}

/** Opens a connection and lets it go. UserError: nobody takes it. */
export async function reachHost(host: string, port: number, limitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port, timeout: limitMs }, resolve);
  socket.on('error', reject);
  socket.on('timeout', () => reject(new Error(`no answer within ${limitMs / 1000} s`)));
  try {
    await promise;
  } catch (error) {
    throw new UserError(
      'source_unreachable',
      `${host} cannot be reached at port ${port}: ${messageOf(error)}`,
      'Check the name, the network and its firewall (AMQP over TLS, port 5671).',
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
}

function notReached(origin: string, error: unknown, limitMs: number): UserError {
  const { kind, message } = failureOfClient(error);
  const { host } = new URL(origin);
  if (kind === 'certificate') {
    return new UserError(
      'source_unreachable',
      `The certificate of ${host} is not trusted: ${message.split(';')[0]}`,
      'export NODE_EXTRA_CA_CERTS=/path/to/ca.pem   # the authority that signed it',
      { cause: error },
    );
  }
  const why = kind === 'timeout' ? `no answer within ${limitMs / 1000} s` : message;
  return new UserError(
    'source_unreachable',
    `${host} cannot be reached: ${why}`,
    `Check the name, the network and its firewall (HTTPS, port 443); behind a proxy set HTTPS_PROXY.`,
    { cause: error },
  );
}
