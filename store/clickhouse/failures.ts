import { messageOf, UserError } from '../../core/errors.ts';

/** Where a ClickHouse is, as it is said to users: no user, no password. */
export interface Place {
  readonly url: string;
  readonly database: string;
  /** The cluster over whose shards the tables are spread; undefined: one server has them. */
  readonly cluster?: string | undefined;
}

const WRONG_LOGIN = [
  'AUTHENTICATION_FAILED',
  'REQUIRED_PASSWORD',
  'WRONG_PASSWORD',
  'UNKNOWN_USER',
];
const PASSING = [
  'SESSION_NOT_FOUND',
  'SESSION_IS_LOCKED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'MEMORY_LIMIT_EXCEEDED',
  'TIMEOUT_EXCEEDED',
  'TOO_MANY_PARTS',
  'NOT_ENOUGH_SPACE',
  // Of a shard.
  'ALL_CONNECTION_TRIES_FAILED',
  'NETWORK_ERROR',
  'SOCKET_TIMEOUT',
];

/** What a server says that runs no statements for a cluster. */
const WITHOUT_KEEPER = ['QUERY_IS_PROHIBITED', 'NO_ELEMENTS_IN_CONFIG'];

/** What the server says of an error: 'ACCESS_DENIED'. Undefined: it did not come from the server. */
export function kindOf(error: unknown): string | undefined {
  const { type } = error as { readonly type?: unknown };
  return typeof type === 'string' ? type : undefined;
}

/** An error of the client or the server as its reader can act on it; any other as it is. */
export function explained(error: unknown, { url, database, cluster }: Place): unknown {
  if (error instanceof UserError) return error;
  const kind = kindOf(error);
  const said = saidBy(error);
  if (kind === undefined) return isNetwork(error) ? unreachable(url, error) : error;
  if (WRONG_LOGIN.includes(kind)) {
    return new UserError(
      'access_denied',
      `ClickHouse at ${url} refuses the user or the password.`,
      'Give both in the environment, as CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.',
      { cause: error },
    );
  }
  if (kind === 'UNKNOWN_DATABASE') {
    return new UserError(
      'store_unreadable',
      `ClickHouse at ${url} has no database '${database}'.`,
      `Correct 'store.database' in the config, or make it there: CREATE DATABASE ${database}${cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`}.`,
      { cause: error },
    );
  }
  if (cluster !== undefined && WITHOUT_KEEPER.includes(kind)) {
    return new UserError(
      'store_unreadable',
      `ClickHouse at ${url} cannot run a statement on the cluster '${cluster}': ${said}`,
      "Let the servers of the cluster share a ClickHouse Keeper, with 'distributed_ddl' in their configuration.",
      { cause: error },
    );
  }
  if (kind === 'ACCESS_DENIED' || kind === 'READONLY') {
    return new UserError(
      'access_denied',
      `ClickHouse at ${url} does not let this user do that: ${said}`,
      "Grant it: 'mcp-witness doctor' prints the lines for what is missing; the user may not be readonly = 1.",
      { cause: error },
    );
  }
  if (PASSING.includes(kind)) {
    return new UserError(
      'source_unreachable',
      `ClickHouse at ${url} could not do it now: ${said}`,
      'Repeat the command when the server has room: what was committed is kept, nothing is stored twice.',
      { cause: error },
    );
  }
  return error;
}

const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EPIPE|ETIMEDOUT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/;

function isNetwork(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return (
    (typeof code === 'string' && NETWORK.test(code)) ||
    /timeout|socket hang up|aborted|other side closed/i.test(messageOf(error))
  );
}

export function unreachable(url: string, error: unknown): UserError {
  return new UserError(
    'source_unreachable',
    `ClickHouse at ${url} cannot be reached: ${messageOf(error) || String((error as { code?: unknown }).code)}`,
    "Check 'store.url' and the network, then repeat the command: what was committed is kept, nothing is stored twice.",
    { cause: error },
  );
}

/** The first line of what the server says. */
export function saidBy(error: unknown): string {
  const message = messageOf(error);
  return (message.replace(/\s*\(version [^)]*\)[\s\S]*$/, '').split('\n')[0] ?? '').trim();
}
