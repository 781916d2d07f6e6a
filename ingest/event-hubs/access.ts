import { type CheckpointStore, EventHubConsumerClient, RetryMode } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';
import { UserError } from '../../core/errors.ts';
import type { EventHubsSource } from '../config/sources.ts';
import type { HubNames } from './failures.ts';

export interface AccessOptions {
  /** Where `connection_string_env` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Signs in to a namespace; DefaultAzureCredential when absent. */
  readonly credential?: TokenCredential;
}

/** An event hub that may be read, and how the client gets there. */
export interface HubAccess extends HubNames {
  /** 'namespace/hub/consumer group' in lower case, as none of them knows another: what checkpoints, gaps and books are kept under. */
  readonly source: string;
  /** Without a store for checkpoints, to look only. */
  connect(checkpoints?: CheckpointStore): EventHubConsumerClient;
}

/** The client waits 30 s before it tries again, and 60 s for an answer, unless it is told otherwise. */
const RETRY = {
  mode: RetryMode.Exponential,
  maxRetries: 3,
  retryDelayInMs: 400,
  maxRetryDelayInMs: 4_000,
  timeoutInMs: 15_000,
};

/** What a process reads it takes at once, and looks often for what is to be taken; which partitions these are, the client is told. */
const LOAD_BALANCING = { strategy: 'greedy', updateIntervalInMs: 400 } as const;

/** Reads how a source is to be reached; nothing is connected yet. */
export async function accessOf(
  source: EventHubsSource,
  { env, credential }: AccessOptions,
): Promise<HubAccess> {
  const { hub, consumerGroup, connectionStringEnv } = source;
  const options = { retryOptions: RETRY, loadBalancingOptions: LOAD_BALANCING };
  if (connectionStringEnv !== undefined) {
    const text = connectionString(source.name, connectionStringEnv, env);
    // The client compares it letter by letter.
    const path = entityPath(text, source, connectionStringEnv) ?? hub;
    const namespace = /Endpoint=sb:\/\/([^/;]+)/i.exec(text)?.[1] ?? '';
    return {
      ...{ namespace, hub, consumerGroup, connectionStringEnv },
      source: `${namespace}/${hub}/${consumerGroup}`.toLowerCase(),
      connect: (checkpoints) =>
        checkpoints === undefined
          ? new EventHubConsumerClient(consumerGroup, text, path, options)
          : new EventHubConsumerClient(consumerGroup, text, path, checkpoints, options),
    };
  }
  const namespace = source.namespace ?? '';
  const signedIn = credential ?? (await defaultCredential());
  return {
    ...{ namespace, hub, consumerGroup, connectionStringEnv },
    source: `${namespace}/${hub}/${consumerGroup}`.toLowerCase(),
    connect: (checkpoints) =>
      checkpoints === undefined
        ? new EventHubConsumerClient(consumerGroup, namespace, hub, signedIn, options)
        : new EventHubConsumerClient(consumerGroup, namespace, hub, signedIn, checkpoints, options),
  };
}

/** Where a source's namespace is; undefined: its connection string is not there, or is none. */
export function hostOf(
  { namespace, connectionStringEnv = '' }: EventHubsSource,
  env: AccessOptions['env'],
): { readonly host: string; readonly port: number } | undefined {
  const place = namespace ?? /Endpoint=sb:\/\/([^/;]+)/i.exec(env[connectionStringEnv] ?? '')?.[1];
  if (place === undefined) return undefined;
  const [host = '', port = '5671'] = place.split(':');
  return { host, port: Number(port) };
}

async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

function connectionString(name: string, variable: string, env: AccessOptions['env']): string {
  const text = env[variable] ?? '';
  if (text === '') {
    throw new UserError(
      'config_invalid',
      `The variable ${variable}, which the source '${name}' takes its connection string from, is not set.`,
      `Set it: export ${variable}="$(az eventhubs eventhub authorization-rule keys list --namespace-name NAMESPACE --resource-group RESOURCE_GROUP --eventhub-name HUB --name RULE --query primaryConnectionString -o tsv)"`,
    );
  }
  const isComplete =
    /Endpoint=sb:\/\/[^/;]+/i.test(text) &&
    /SharedAccess(KeyName=[^;]+;SharedAccessKey|Signature)=[^;]+/i.test(text);
  if (isComplete) return text;
  throw new UserError(
    'config_invalid',
    `The text in ${variable} is not a connection string of Event Hubs.`,
    "Copy it whole: it begins with 'Endpoint=sb://' and holds 'SharedAccessKeyName' and 'SharedAccessKey'.",
  );
}

/** The hub that a connection string is for; undefined: it is for all of the namespace. */
function entityPath(
  text: string,
  { hub, name }: EventHubsSource,
  variable: string,
): string | undefined {
  const path = /EntityPath=([^;]+)/i.exec(text)?.[1];
  if (path === undefined || path.toLowerCase() === hub.toLowerCase()) return path;
  throw new UserError(
    'config_invalid',
    `The connection string in ${variable} is for the event hub '${path}', the source '${name}' names '${hub}'.`,
    `Write 'hub: ${path}' in the config, or take the connection string of '${hub}'.`,
  );
}
