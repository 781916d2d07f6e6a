import type { AddressInfo, Server, Socket } from 'node:net';
import type { Container } from 'rhea';

export interface ListenerOptions {
  /** Makes it speak TLS, as clients with a token credential want it. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** A port to come back to after a stop; any free one when absent. */
  readonly port?: number;
}

/** A place on loopback where clients connect, with the sockets that are open. */
export class Listener {
  readonly #container: Container;
  readonly #tls: ListenerOptions['tls'];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number;

  constructor(container: Container, { tls, port = 0 }: ListenerOptions) {
    this.#container = container;
    this.#tls = tls;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, at the same port again after a `stop`. */
  async listen(): Promise<void> {
    const common = {
      port: this.#port,
      host: '127.0.0.1',
      idle_time_out: 120_000,
      receiver_options: { autoaccept: false, credit_window: 1000, max_message_size: 1024 * 1024 },
    };
    const server: Server = this.#tls
      ? this.#container.listen({ ...common, transport: 'tls', ...this.#tls, requestCert: false })
      : this.#container.listen(common);
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.once('listening', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server) this.#server.close(() => resolve());
      else resolve();
    });
    this.drop();
    await closed;
  }
}
