import { fork } from 'node:child_process';
import { once } from 'node:events';
import { packagePath } from '../../../core/package-root.ts';
import type { Faults } from './faults.ts';
import type { FeedOptions } from './feed.ts';
import type { EventHubsPeer } from './peer.ts';

export interface StartOptions {
  readonly name: string;
  readonly partitions: number;
  readonly groups: readonly string[];
  readonly port?: number;
  /** Gateway records that each partition begins with, made when they are asked for. */
  readonly generated?: number;
  /** Their size; about 700 when absent. */
  readonly bodyBytes?: number;
  /** Files with the key and the certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Started {
  readonly port: number;
  readonly connectionString: string;
}

export type CommandName =
  | 'dropConnections'
  | 'detachReaders'
  | 'expireTokens'
  | 'rewind'
  | 'recreateHub'
  | 'setStalled'
  | 'stop'
  | 'listen';

export interface Command {
  readonly no: number;
  readonly name: CommandName | 'faults' | 'addPartitions' | 'expire' | 'feed';
  readonly args: readonly unknown[];
}

export interface PeerProcess extends Started, AsyncDisposable {
  /** Calls a method of the peer, and waits until it is done. */
  tell<N extends CommandName>(name: N, ...args: Parameters<EventHubsPeer[N]>): Promise<void>;
  addPartitions(count: number): Promise<void>;
  /** Retention: what is before that sequence number is gone. */
  expire(partition: string, before: number): Promise<void>;
  setFaults(faults: Partial<Faults>): Promise<void>;
  /** Fills the hub; ends when all was enqueued. */
  feed(options: FeedOptions): Promise<void>;
}

/** Starts the peer in a process of its own. */
export async function startPeerProcess(options: StartOptions): Promise<PeerProcess> {
  const child = fork(packagePath('test/event-hubs/peer/main.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // As JSON a fault that is taken back, by undefined, would stay.
    serialization: 'advanced',
  });
  const [started] = (await once(child, 'message')) as [Started];
  let no = 0;
  const send = async (name: Command['name'], args: readonly unknown[]): Promise<void> => {
    no += 1;
    const mine = no;
    const answered = new Promise<void>((resolve) => {
      const listen = (answer: { readonly no: number }): void => {
        if (answer.no !== mine) return;
        child.off('message', listen);
        resolve();
      };
      child.on('message', listen);
    });
    child.send({ no: mine, name, args } satisfies Command);
    await answered;
  };
  return {
    ...started,
    tell: (name, ...args) => send(name, args),
    addPartitions: (count) => send('addPartitions', [count]),
    expire: (partition, before) => send('expire', [partition, before]),
    setFaults: (faults) => send('faults', [faults]),
    feed: (options) => send('feed', [options]),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
