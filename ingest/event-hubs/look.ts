import type { TokenCredential } from '@azure/identity';
import { withinTime } from '../../core/time-limit.ts';
import type { EventHubsSource } from '../config/sources.ts';
import { accessOf, type HubAccess } from './access.ts';
import { closed } from './closing.ts';
import { clientFailure, explained } from './failures.ts';

/** An event hub as it is now. */
export interface HubLook {
  readonly access: HubAccess;
  readonly partitions: readonly PartitionLook[];
}

export interface PartitionLook {
  readonly id: string;
  readonly first: number;
  readonly last: number;
  /** When the newest event came; undefined: there is none. */
  readonly lastAt: Date | undefined;
}

export interface LookOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credential?: TokenCredential;
  readonly limitMs: number;
}

/** Asks a hub what it has, and whether its consumer group may be read. Takes nothing from anybody who reads. */
export async function lookAtHub(source: EventHubsSource, options: LookOptions): Promise<HubLook> {
  const access = await accessOf(source, options);
  const client = access.connect();
  let during: 'opening' | 'receiving' = 'opening';
  const looking = async (): Promise<HubLook> => {
    const { partitionIds } = await client.getEventHubProperties();
    const all = await Promise.all(partitionIds.map((id) => client.getPartitionProperties(id)));
    during = 'receiving';
    await listen(client, partitionIds[0] ?? '0');
    const partitions = all.map((each) => ({
      id: each.partitionId,
      first: each.beginningSequenceNumber,
      last: each.lastEnqueuedSequenceNumber,
      lastAt: each.isEmpty ? undefined : each.lastEnqueuedOnUtc,
    }));
    return { access, partitions };
  };
  try {
    return await withinTime(options.limitMs, looking);
  } catch (error) {
    throw explained(error, access, { during });
  } finally {
    await closed(client);
  }
}

/** Waits for whatever comes first: an event, word that there is none, or that it may not be read. */
async function listen(client: ReturnType<HubAccess['connect']>, partition: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Without an owner level: a reader that has one is not disturbed.
  const subscription = client.subscribe(
    partition,
    {
      processEvents: async () => resolve(),
      processError: async (error) => {
        // Another reader has the partition for itself: then the group can be read.
        if (clientFailure(error).code === 'ReceiverDisconnectedError') resolve();
        else reject(error);
      },
    },
    {
      startPosition: { offset: '-1' },
      maxBatchSize: 1,
      maxWaitTimeInSeconds: 1,
      skipParsingBodyAsJson: true,
    },
  );
  try {
    await promise;
  } finally {
    await subscription.close();
  }
}
