import type { AddressInfo, Server, Socket } from 'node:net';
import rhea, { type Connection, type Container, type EventContext, type Sender } from 'rhea';
import {
  type AmqpError,
  DETACHED,
  EXPIRED_TOKEN,
  type Faults,
  invalidOffset,
  noFaults,
  noPartition,
  notFound,
  STOLEN,
  TOO_MANY_READERS,
  UNAUTHORIZED,
} from './faults.ts';
import { Hub, type HubOptions, type KeptEvent } from './hub.ts';
import { ignoreLateDispositions } from './late-dispositions.ts';
import { Reader, type ReaderPlace } from './reader.ts';
import { CLAIM_ACCEPTED, CLAIM_REFUSED, propertiesReply, sendReply } from './replies.ts';
import { sentEvents } from './sent-events.ts';
import { isGoodSignature, type SharedKey } from './tokens.ts';

export interface PeerOptions extends HubOptions {
  /** Makes it speak TLS, as clients with a token credential want it. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** A port to come back to after a stop; any free one when absent. */
  readonly port?: number;
}

const KEY: SharedKey = { name: 'listen', key: 'bm90LWEtc2VjcmV0LW9ubHktZm9yLXRlc3Rz' };
/** The token that a test's credential gives instead of one of Microsoft Entra ID's. */
export const ENTRA_TOKEN = 'entra-token-of-the-tests';
const CBS = '$cbs';
const MANAGEMENT = '$management';
const REPLIES = [CBS, MANAGEMENT];

/**
 * An Event Hubs namespace on loopback: AMQP 1.0 as the unmodified client of Azure speaks it, one
 * event hub, and faults on demand.
 */
export class EventHubsPeer {
  readonly hub: Hub;
  readonly faults: Faults = noFaults();
  /** Called with the number of each message that is sent, from 1 on. */
  onSent: (sent: number) => void = () => undefined;
  #sent = 0;
  readonly #container: Container;
  readonly #tls: PeerOptions['tls'];
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #readers = new Set<Reader>();
  /** Entities that each connection has shown a good token for. */
  readonly #claims = new WeakMap<Connection, Set<string>>();
  #server: Server | undefined;
  #port = 0;
  #turn = 0;

  private constructor(options: PeerOptions) {
    this.hub = new Hub(options);
    this.#tls = options.tls;
    this.#port = options.port ?? 0;
    this.#container = rhea.create_container({ id: 'peer', non_fatal_errors: [] });
    this.#container.sasl_server_mechanisms.enable_anonymous();
    this.#container.sasl_server_mechanisms['MSSBCBS'] =
      this.#container.sasl_server_mechanisms['ANONYMOUS'];
    this.#container.on('connection_open', ({ connection }) => {
      this.#connections.add(connection);
      ignoreLateDispositions(connection);
    });
    for (const event of ['connection_close', 'disconnected']) {
      this.#container.on(event, ({ connection }) => this.#forget(connection));
    }
    // A client that is killed leaves broken connections behind.
    for (const event of ['connection_error', 'session_error', 'protocol_error', 'error']) {
      this.#container.on(event, () => undefined);
    }
    this.#container.on('sender_open', (context) => this.#openSender(context));
    this.#container.on('receiver_open', (context) => this.#openReceiver(context));
    this.#container.on('sender_close', ({ sender }) => this.#dropReader(sender));
    this.#container.on('sendable', ({ sender }) => this.#readerOf(sender)?.pump());
    this.#container.on('message', (context) => this.#take(context));
  }

  static async start(options: PeerOptions): Promise<EventHubsPeer> {
    const peer = new EventHubsPeer(options);
    await peer.listen();
    return peer;
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

  get port(): number {
    return this.#port;
  }

  /** For the unmodified client over plain TCP. */
  get connectionString(): string {
    return `Endpoint=sb://127.0.0.1:${this.#port};SharedAccessKeyName=${KEY.name};SharedAccessKey=${KEY.key};UseDevelopmentEmulator=true`;
  }

  get readers(): number {
    return this.#readers.size;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server) this.#server.close(() => resolve());
      else resolve();
    });
    this.dropConnections();
    await closed;
  }

  /** Stores an event as if it had been sent; returns its sequence number. */
  append(partition: string, event: Partial<KeptEvent> & { readonly body: unknown }): number {
    const kept = this.hub.partition(partition);
    if (!kept) throw new Error(`no partition ${partition}`);
    const body = Buffer.isBuffer(event.body) ? rhea.message.data_section(event.body) : event.body;
    const no = kept.append({ enqueuedAt: Date.now(), ...event, body });
    this.#pumpAll();
    return no;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    this.#readers.clear();
  }

  detachReaders(error: AmqpError = DETACHED): void {
    for (const reader of this.#readers) reader.sender.close(error);
    this.#readers.clear();
  }

  /** Every token is out of date from now on; readers are detached. */
  expireTokens(): void {
    for (const connection of this.#connections) this.#claims.delete(connection);
    this.detachReaders(EXPIRED_TOKEN);
  }

  /** Delivers again, on the links that are open. */
  rewind(events: number): void {
    for (const reader of this.#readers) reader.rewind(events);
  }

  recreateHub(): void {
    this.hub.recreate();
    this.detachReaders();
  }

  setStalled(isStalled: boolean): void {
    this.faults.isStalled = isStalled;
    if (!isStalled) this.#pumpAll();
  }

  #pumpAll(): void {
    for (const reader of this.#readers) reader.pump();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    for (const reader of this.#readers) {
      if (reader.sender.connection === connection) this.#readers.delete(reader);
    }
  }

  #readerOf(sender: unknown): Reader | undefined {
    for (const reader of this.#readers) if (reader.sender === sender) return reader;
    return undefined;
  }

  #dropReader(sender: unknown): void {
    const reader = this.#readerOf(sender);
    if (reader) this.#readers.delete(reader);
  }

  /** A link on which the client receives: replies, or the events of a partition. */
  #openSender({ sender, connection }: EventContext): void {
    if (!sender) return;
    const address = String(sender.source.address);
    sender.set_source({ address });
    sender.set_target({ address: String(sender.target?.address ?? '') });
    if (REPLIES.includes(address)) return;
    const place = this.#placeOf(sender, connection, address);
    if ('condition' in place) sender.close(place);
    else this.#readers.add(new Reader(sender, place, this.faults, () => this.onSent(++this.#sent)));
  }

  /** Where a reader begins, or why it may not. */
  #placeOf(sender: Sender, connection: Connection, address: string): ReaderPlace | AmqpError {
    const [hub = '', , group = '', , id = ''] = address.split('/');
    const error = this.#refusal(connection, address, hub, group);
    if (error) return error;
    const partition = this.hub.partition(id);
    if (!partition) return noPartition(id);
    const filter = filterOf(sender.source.filter);
    const sought = partition.seek(filter);
    if (sought === 'beyond') {
      const asked = /'(.*)'/.exec(filter)?.[1] ?? '';
      return invalidOffset(asked, partition.offsetOf(partition.end - 1));
    }
    const next = Math.max(partition.begin, sought - this.faults.rewind);
    const place = {
      partition,
      group: group.toLowerCase(),
      epoch: epochOf(sender.properties),
      next,
    };
    return this.#rivalry(place) ?? place;
  }

  /** Readers of one partition and group: the highest owner level wins, and without one five share. */
  #rivalry({ partition, group, epoch }: ReaderPlace): AmqpError | undefined {
    const others = [...this.#readers].filter(
      (each) => each.partition === partition && each.group === group,
    );
    if (others.some((each) => (each.epoch ?? -1) > (epoch ?? -1))) return STOLEN;
    const sharing = others.filter((each) => each.epoch === undefined).length;
    if (this.faults.maxReaders === 0 || sharing >= this.faults.maxReaders) return TOO_MANY_READERS;
    for (const other of epoch === undefined ? [] : others) {
      other.sender.close(STOLEN);
      this.#readers.delete(other);
    }
    return undefined;
  }

  #refusal(
    connection: Connection,
    address: string,
    hub: string,
    group: string,
  ): AmqpError | undefined {
    if (this.faults.refuseAll) return this.faults.refuseAll;
    if (this.faults.refuseAttaches.count > 0) {
      this.faults.refuseAttaches.count -= 1;
      return this.faults.refuseAttaches.error;
    }
    const claims = this.#claims.get(connection) ?? new Set();
    if (![...claims].some((claim) => address.startsWith(claim))) return UNAUTHORIZED;
    if (hub !== this.hub.name) return notFound(`sb://127.0.0.1/${hub}`);
    if (group !== '' && !this.hub.groups.has(group.toLowerCase())) {
      return notFound(`sb://127.0.0.1/${address}`);
    }
    return undefined;
  }

  /** A link on which the client sends: requests, or events. */
  #openReceiver({ receiver, connection }: EventContext): void {
    if (!receiver) return;
    const address = String(receiver.target.address);
    receiver.set_target({ address });
    if (REPLIES.includes(address)) return;
    const error = this.#refusal(connection, address, address.split('/')[0] ?? '', '');
    if (error) receiver.close(error);
  }

  #take(context: EventContext): void {
    const address = String(context.receiver?.target.address);
    if (address === CBS) this.#answerClaim(context);
    else if (address === MANAGEMENT) this.#answerQuestion(context);
    else this.#store(context, address.split('/')[2]);
  }

  #answerClaim(context: EventContext): void {
    const { connection, message, delivery } = context;
    const { name, type } = message?.application_properties ?? {};
    const token = String(message?.body);
    const isGood = type === 'jwt' ? token === ENTRA_TOKEN : isGoodSignature(token, KEY, new Date());
    delivery?.accept();
    const isAccepted = isGood && !this.faults.refuseTokens;
    if (isAccepted) {
      const path = new URL(String(name)).pathname.slice(1).replace(/\/\$management$/, '');
      this.#claims.set(connection, (this.#claims.get(connection) ?? new Set()).add(path));
    }
    sendReply(context, isAccepted ? CLAIM_ACCEPTED : CLAIM_REFUSED);
  }

  #answerQuestion(context: EventContext): void {
    context.delivery?.accept();
    const asked = context.message?.application_properties ?? {};
    sendReply(context, propertiesReply(this.hub, asked, this.faults.refuseAll));
  }

  #store(context: EventContext, given: string | undefined): void {
    const { partitions } = this.hub;
    const partition = given ?? partitions[this.#turn++ % partitions.length]?.id ?? '0';
    for (const event of sentEvents(context)) this.append(partition, event);
    if (this.faults.loseAcknowledgements > 0) {
      this.faults.loseAcknowledgements -= 1;
      this.dropConnections();
      return;
    }
    context.delivery?.accept();
  }
}

function filterOf(filter: unknown): string {
  const described = (filter as Record<string, { value?: unknown }> | undefined)?.[
    'apache.org:selector-filter:string'
  ];
  return String(described?.value ?? described ?? '');
}

function epochOf(properties: unknown): number | undefined {
  const epoch = (properties as Record<string, unknown> | undefined)?.['com.microsoft:epoch'];
  return epoch === undefined ? undefined : Number(epoch);
}
