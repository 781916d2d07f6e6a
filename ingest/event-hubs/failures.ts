import { messageOf, UserError } from '../../core/errors.ts';
import { CERTIFICATE, SIGN_IN } from '../azure-failures.ts';

/** What errors name, and the commands that mend them need. */
export interface HubNames {
  /** Host of the namespace: 'contoso.servicebus.windows.net'. */
  readonly namespace: string;
  readonly hub: string;
  readonly consumerGroup: string;
  /** The variable that holds the connection string; undefined: Microsoft Entra ID is asked. */
  readonly connectionStringEnv: string | undefined;
}

/** A failure of the client's: the code of the first of them, and all that was said. */
export interface ClientFailure {
  readonly code: string;
  readonly text: string;
}

/** Errors that came out of retries are inside of one that has no code of its own. */
export function clientFailure(error: unknown): ClientFailure {
  const inner = (error as { errors?: unknown[] }).errors;
  const all = Array.isArray(inner) && inner.length > 0 ? inner : [error];
  const codes = all.map((each) => {
    const { code, name } = each as { code?: unknown; name?: unknown };
    return String(code ?? name ?? '');
  });
  const last = all.at(-1);
  return { code: codes.at(-1) ?? '', text: messageOf(last).split('\n')[0] ?? '' };
}

/** The offset that a partition is to be read from is not one of its own: the hub is another. */
export function isForeignPosition({ code, text }: ClientFailure): boolean {
  return code === 'ArgumentError' && /offset|sequence number/i.test(text);
}

/** Another reader of this consumer group has begun to read the partition. */
export function isTaken({ code }: ClientFailure): boolean {
  return code === 'ReceiverDisconnectedError';
}

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;

/** Trouble that waiting does not mend. */
export function isFinal({ code }: ClientFailure): boolean {
  return (
    SIGN_IN.test(code) ||
    CERTIFICATE.test(code) ||
    [
      'UnauthorizedError',
      'MessagingEntityNotFoundError',
      'MessagingEntityDisabledError',
      'QuotaExceededError',
      'ReceiverDisconnectedError',
      'ArgumentOutOfRangeError',
    ].includes(code)
  );
}

/**
 * What is wrong and what mends it, in the words of who runs the command. An entity that is not found
 * while events are received is the consumer group: the hub has answered before.
 */
export function explained(
  error: unknown,
  names: HubNames,
  { during }: { readonly during: 'opening' | 'receiving' },
): UserError {
  if (error instanceof UserError) return error;
  const failure = clientFailure(error);
  const { namespace, hub, consumerGroup } = names;
  const place = `the event hub '${hub}' in '${namespace}'`;
  const [short = ''] = namespace.split('.');
  const ids = `--namespace-name ${short} --resource-group RESOURCE_GROUP`;
  const told = (
    code: 'access_denied' | 'source_unreachable',
    problem: string,
    fix: string,
  ): UserError => new UserError(code, problem, fix, { cause: error });

  if (SIGN_IN.test(failure.code)) {
    return told(
      'access_denied',
      `Nobody is signed in who could read ${place}: ${failure.text}`,
      "Sign in with 'az login', or run where a managed identity is; AZURE_TOKEN_CREDENTIALS narrows what is tried.",
    );
  }
  if (failure.code === 'UnauthorizedError') return refused(failure, names, place, ids, told);
  if (failure.code === 'MessagingEntityNotFoundError') {
    return during === 'receiving'
      ? told(
          'source_unreachable',
          `The consumer group '${consumerGroup}' does not exist in ${place}.`,
          `Make it: az eventhubs eventhub consumer-group create ${ids} --eventhub-name ${hub} --name ${consumerGroup}`,
        )
      : told(
          'source_unreachable',
          `There is no event hub '${hub}' in '${namespace}'.`,
          `Correct 'hub' in the config; these exist: az eventhubs eventhub list ${ids} --query '[].name'`,
        );
  }
  if (failure.code === 'QuotaExceededError') {
    return told(
      'source_unreachable',
      `Five readers already read a partition of ${place} in the consumer group '${consumerGroup}'.`,
      `Give this reader a group of its own and name it as 'consumer_group': az eventhubs eventhub consumer-group create ${ids} --eventhub-name ${hub} --name mcp-witness`,
    );
  }
  if (failure.code === 'ReceiverDisconnectedError') {
    return told(
      'source_unreachable',
      `Another reader with a higher owner level took a partition of ${place} in the consumer group '${consumerGroup}'.`,
      `Give this reader a group of its own and name it as 'consumer_group': az eventhubs eventhub consumer-group create ${ids} --eventhub-name ${hub} --name mcp-witness`,
    );
  }
  if (failure.code === 'ServerBusyError') {
    return told(
      'source_unreachable',
      `The namespace '${namespace}' is throttling: it did not answer within the retries.`,
      `Repeat the command later, what was stored is kept; or raise the capacity by one unit: az eventhubs namespace update --name ${short} --resource-group RESOURCE_GROUP --capacity $(($(az eventhubs namespace show --name ${short} --resource-group RESOURCE_GROUP --query sku.capacity -o tsv) + 1))`,
    );
  }
  if (CERTIFICATE.test(failure.code)) {
    return told(
      'source_unreachable',
      `Cannot reach ${place}: ${failure.text.split(';')[0]}.`,
      'Name the authority that signed the certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
    );
  }
  return told(
    'source_unreachable',
    NETWORK.test(failure.code)
      ? `Cannot reach ${place}: ${failure.text}`
      : `Reading ${place} failed: ${failure.code} ${failure.text}`,
    "Check the namespace's name, the network and its firewall (AMQP over TLS, port 5671), then repeat: what was stored is kept.",
  );
}

function refused(
  { text }: ClientFailure,
  { connectionStringEnv, hub }: HubNames,
  place: string,
  ids: string,
  told: (code: 'access_denied', problem: string, fix: string) => UserError,
): UserError {
  const why = /expired/i.test(text) ? 'the token has expired' : 'the listen claim is missing';
  return connectionStringEnv === undefined
    ? told(
        'access_denied',
        `Whoever is signed in may not read ${place}: ${why}.`,
        `Give them the role 'Azure Event Hubs Data Receiver': az role assignment create --role "Azure Event Hubs Data Receiver" --assignee PRINCIPAL_ID --scope $(az eventhubs eventhub show ${ids} --name ${hub} --query id -o tsv)`,
      )
    : told(
        'access_denied',
        `The connection string in ${connectionStringEnv} may not read ${place}: its key is wrong or lacks the right to listen.`,
        `Take it from a rule that listens: az eventhubs eventhub authorization-rule keys list ${ids} --eventhub-name ${hub} --name RULE --query primaryConnectionString -o tsv`,
      );
}
