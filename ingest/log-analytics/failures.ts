import { messageOf, UserError } from '../../core/errors.ts';
import { CERTIFICATE, SIGN_IN } from '../azure-failures.ts';

export type FailureKind =
  /** Too many queries: to be asked again later. */
  | 'throttled'
  /** The query took too long: a smaller one may not. */
  | 'timeout'
  /** The answer says itself that rows are missing. */
  | 'partial'
  /** More bytes than are held at a time. */
  | 'too_large'
  /** The answer ended before its end. */
  | 'cut'
  /** The service, or the way to it, is not there for the moment. */
  | 'unavailable'
  | 'certificate'
  | 'signed_out'
  | 'token_refused'
  | 'forbidden'
  | 'not_found'
  /** The service will not run this query, however often it is asked. */
  | 'refused';

/** What came of a query in place of its rows. */
export class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
  readonly kind: FailureKind;
  /** The service's own code. */
  readonly code: string;
  /** From 'Retry-After'. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    text: string,
    { code = '', retryAfterMs, cause }: Partial<QueryFailure> & ErrorOptions = {},
  ) {
    super(text, { cause });
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether half of the window may go through where the whole did not. */
  get maySplit(): boolean {
    return ['timeout', 'partial', 'too_large', 'cut'].includes(this.kind);
  }
}

/** What the service sent instead of an answer. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'token_refused',
  403: 'forbidden',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  429: 'throttled',
  504: 'timeout',
};

export function failureOfAnswer({ status, retryAfter, text }: Refusal, now: Date): QueryFailure {
  const { code, message } = innermostError(text);
  const kind = KIND_OF_STATUS[status] ?? (status >= 500 ? 'unavailable' : 'refused');
  const isBadToken = status === 403 && /InvalidAuthenticationToken/.test(code);
  return new QueryFailure(isBadToken ? 'token_refused' : kind, message ?? `HTTP ${status}`, {
    code: code || `HTTP ${status}`,
    retryAfterMs: waitOf(retryAfter, now),
  });
}

/** Seconds, or the time from which on. */
function waitOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return Math.max(0, seconds * 1000);
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime());
}

interface ServiceError {
  readonly code?: string;
  readonly message?: string;
  readonly innererror?: ServiceError;
  readonly details?: readonly ServiceError[];
}

/** The error that says most: what is around it only says that something is wrong. */
export function innermostError(text: string): { code: string; message: string | undefined } {
  let error: ServiceError | undefined;
  try {
    error = (JSON.parse(text) as { error?: ServiceError }).error;
  } catch {
    // A gateway's page.
    const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1];
    return { code: '', message: title };
  }
  let [code, message] = [error?.code ?? '', error?.message];
  for (let inner = error; inner !== undefined; inner = inner.innererror ?? inner.details?.[0]) {
    code = inner.code ?? code;
    message = inner.message ?? message;
  }
  return { code, message };
}

/** What the client threw without an answer of the service's. */
export function failureOfClient(error: unknown): QueryFailure {
  const { name = '', code = '' } = error as { name?: string; code?: string };
  const text = firstLine(error);
  if (SIGN_IN.test(name)) {
    const { errors = [] } = error as { errors?: readonly unknown[] };
    // Each way to sign in that was tried has failed for a reason of its own.
    const reasons = errors.length === 0 ? text : errors.map(firstLine).join('; ');
    return new QueryFailure('signed_out', reasons, { cause: error });
  }
  if (CERTIFICATE.test(code)) return new QueryFailure('certificate', text, { cause: error });
  if (name === 'AbortError') return new QueryFailure('timeout', 'no answer in time');
  const isCut = /aborted|terminated|premature|PARSE_ERROR|ECONNRESET|hang up/i.test(
    `${code} ${text}`,
  );
  return new QueryFailure(isCut ? 'cut' : 'unavailable', text, { code, cause: error });
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}

/** What errors name. */
export interface AskedFor {
  readonly source: string;
  /** Id of the workspace, or ARM id of the resource. */
  readonly target: string;
  readonly isResource: boolean;
  readonly table: string;
  /** Where the window began, by ingestion. */
  readonly since?: string | undefined;
}

/** What is wrong and what mends it, in the words of who runs the command. */
export function explained(failure: QueryFailure, asked: AskedFor): UserError {
  const { table, target, isResource, source, since } = asked;
  const place = `${isResource ? 'the resource' : 'the workspace'} '${target}'`;
  // The service's words come in several lines.
  const words = failure.message.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  const said = `${failure.code === '' ? '' : `${failure.code}: `}${words}`;
  const told = (code: UserError['code'], problem: string, fix: string): UserError =>
    new UserError(code, problem, fix, { cause: failure });
  switch (failure.kind) {
    case 'signed_out':
      return told(
        'access_denied',
        `Nobody is signed in who could query '${table}' in ${place}: ${failure.message}`,
        "Sign in with 'az login', or run where a managed identity is; AZURE_TOKEN_CREDENTIALS narrows what is tried.",
      );
    case 'token_refused':
      return told(
        'access_denied',
        `The token was refused for '${table}' in ${place}: ${said}`,
        "Sign in anew with 'az login', to the tenant of the workspace; for another cloud write its 'endpoint' in the config.",
      );
    case 'forbidden':
      return told(
        'access_denied',
        `Whoever is signed in may not query '${table}' in ${place}: ${said}`,
        `Give them the role 'Log Analytics Reader': az role assignment create --role "Log Analytics Reader" --assignee PRINCIPAL_ID --scope ${scopeOf(asked)}${isResource ? '' : `; where that finds no workspace, correct its id in the source '${source}': the service says the same of an id that is not there.`}`,
      );
    case 'not_found':
      return told(
        'config_invalid',
        `There is nothing to ask for '${table}' at ${place}: ${said}`,
        isResource
          ? `Correct 'resource_id' of the source '${source}': az resource show --ids ID --query id.`
          : `Correct the workspace's id in the source '${source}': az monitor log-analytics workspace list --query '[].{name:name,id:customerId}'.`,
      );
    case 'refused':
      return refused(failure, said, asked, place, told);
    case 'throttled':
      return told(
        'source_unreachable',
        `${place} is throttling: '${table}' was not answered within the retries: ${said}`,
        'Repeat the command later; what was stored is kept, and the rest is read then.',
      );
    case 'certificate':
      return told(
        'source_unreachable',
        `Cannot reach ${place}: ${failure.message.split(';')[0]}.`,
        'Name the authority that signed the certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
      );
    case 'partial':
    case 'too_large':
    case 'timeout':
    case 'cut':
      return told(
        'source_unreachable',
        `No whole answer came for '${table}' of ${place}${since === undefined ? '' : `, ingested from ${since} on`}, however little was asked for: ${said}`,
        'Repeat the command later; what was stored is kept. If it stays so, read the rest with --from and --to around it.',
      );
    case 'unavailable':
      return told(
        'source_unreachable',
        `Cannot reach ${place} for '${table}': ${said}`,
        "Check 'endpoint', the network and its firewall (HTTPS), then repeat: what was stored is kept.",
      );
  }
}

function scopeOf({ target, isResource }: AskedFor): string {
  return isResource
    ? target
    : `$(az monitor log-analytics workspace list --query "[?customerId=='${target}'].id" -o tsv)`;
}

/**
 * What the service says of a table in the Basic or Auxiliary plan: BadArgumentError, and within it this code, with
 * 'Query of Basic Logs table is not supported with the API …/query'. https://github.com/grafana/grafana/issues/89818
 */
const PLAN_CODE = 'UnsupportedApiQueryValidationError';
/** Other places say it in words alone, such as of a query of several tables. */
const PLAN_WORDS =
  /\b(basic|auxiliary)( or auxiliary)? (logs )?tables?\b|\b(basic|auxiliary) plan\b/i;

function refused(
  { code, message }: QueryFailure,
  said: string,
  { table, source }: AskedFor,
  place: string,
  told: (code: 'config_invalid', problem: string, fix: string) => UserError,
): UserError {
  const problem = `${place} does not answer the query for '${table}': ${said}`;
  if (code === PLAN_CODE || PLAN_WORDS.test(message)) {
    return told(
      'config_invalid',
      problem,
      `Give the table the Analytics plan: az monitor log-analytics workspace table update --name ${table} --plan Analytics --workspace-name WORKSPACE --resource-group RESOURCE_GROUP; or leave it out of the source '${source}'.`,
    );
  }
  const missing = /named '([^']+)'/.exec(said)?.[1];
  if (missing === table) {
    return told(
      'config_invalid',
      problem,
      `The table is made when the first record comes: switch its diagnostic category on (az monitor diagnostic-settings create), or leave it out of the source '${source}'.`,
    );
  }
  return told(
    'config_invalid',
    problem,
    missing === undefined
      ? `Leave the table out of the source '${source}', or report the message: the query is in ingest/kql/.`
      : `This workspace's table has no column '${missing}'. Leave the table out of the source '${source}', or report it: the query is in ingest/kql/.`,
  );
}
