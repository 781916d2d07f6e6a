import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../../core/package-root.ts';
import type { Fault } from './faults.ts';
import type { Limits } from './replies.ts';

/** What a peer begins with. */
export interface StartOptions {
  readonly workspace: string;
  /** Gateway rows of it, made when they are asked for. */
  readonly generated: number;
  /** Between two requests. */
  readonly everyMs?: number;
  /** Characters that each row is longer by. */
  readonly padding?: number;
  /** The service's clock. */
  readonly now: string;
}

export interface Started {
  readonly endpoint: string;
  readonly origin: string;
  readonly certificate: string;
}

/** What the peer can be told while it runs. */
export interface Command {
  readonly no: number;
  readonly faults?: readonly Fault[];
  readonly limits?: Limits;
  readonly delayMs?: number;
  /** Rows are not answered from this query for rows on. */
  readonly holdAfter?: number;
  readonly isForbidden?: boolean;
  readonly missing?: string;
}

export interface PeerProcess extends Started, AsyncDisposable {
  tell(command: Omit<Command, 'no'>): Promise<void>;
  /** Where the program finds token, certificate and nothing of this machine's. */
  env(folder: string): Record<string, string>;
}

/** Starts the peer in a process of its own. */
export async function startPeerProcess(options: StartOptions): Promise<PeerProcess> {
  const child = fork(packagePath('test/log-analytics/peer/main.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [started] = (await once(child, 'message')) as [Started];
  let no = 0;
  return {
    ...started,
    tell: async (command) => {
      no += 1;
      child.send({ ...command, no } satisfies Command);
      await once(child, 'message');
    },
    env: (folder) => {
      const authority = join(folder, 'ca.pem');
      writeFileSync(authority, started.certificate);
      return {
        NODE_EXTRA_CA_CERTS: authority,
        // The managed identity of an App Service: what DefaultAzureCredential asks there.
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
        IDENTITY_ENDPOINT: `${started.origin}/token`,
        IDENTITY_HEADER: 'header of the tests',
      };
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
