import type { AddressInfo, Server, Socket } from 'node:net';
import rhea, { type Connection, type Container, type EventContext, type Receiver } from 'rhea';
import {
  type AmqpError,
  DETACHED,
  EXPIRED_TOKEN,
  type Faults,
  invalidOffset,
  noFaults,
  notFound,
  SERVER_BUSY,
  STOLEN,
  TOO_MANY_READERS,
  UNAUTHORIZED,
} from './faults.ts';
import { Hub, type HubOptions, type KeptEvent } from './hub.ts';
import { Reader } from './reader.ts';
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
const BATCH_FORMAT = 0x80013700;

/**
 * An Event Hubs namespace on loopback: AMQP 1.0 as the unmodified client of Azure speaks it, one
 * event hub, and faults on demand.
 */
export class EventHubsPeer {
  readonly hub: Hub;
  readonly faults: Faults = noFaults();
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
    this.#container.on('connection_open', ({ connection }) => this.#connections.add(connection));
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
    if (address === CBS || address === MANAGEMENT) return;
    const refuse = (error: AmqpError): void => sender.close(error);
    const [hub, , group = '', , id = ''] = address.split('/');
    const error = this.#refusal(connection, address, hub ?? '', group);
    if (error) return refuse(error);
    const partition = this.hub.partition(id);
    if (!partition) {
      return refuse({
        condition: 'com.microsoft:argument-out-of-range',
        description: `The specified partition is invalid for an EventHub partition sender or receiver: ${id}.`,
      });
    }
    const filter = filterOf(sender.source.filter);
    const sought = partition.seek(filter);
    if (sought === 'beyond') {
      const asked = /'(.*)'/.exec(filter)?.[1] ?? '';
      return refuse(invalidOffset(asked, partition.offsetOf(partition.end - 1)));
    }
    const epoch = epochOf(sender.properties);
    const others = [...this.#readers].filter(
      (each) => each.partition === partition && each.group === group.toLowerCase(),
    );
    const stronger = others.some((each) => (each.epoch ?? -1) > (epoch ?? -1));
    if (stronger) return refuse(STOLEN);
    const shared = others.filter((each) => each.epoch === undefined);
    if (epoch === undefined && shared.length >= this.faults.maxReaders) {
      return refuse(TOO_MANY_READERS);
    }
    if (epoch !== undefined && this.faults.maxReaders === 0) return refuse(TOO_MANY_READERS);
    for (const other of epoch === undefined ? [] : others) {
      other.sender.close(STOLEN);
      this.#readers.delete(other);
    }
    const next = Math.max(partition.begin, sought - this.faults.rewind);
    const place = { partition, group: group.toLowerCase(), epoch, next };
    this.#readers.add(new Reader(sender, place, this.faults));
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
    if (address === CBS || address === MANAGEMENT) return;
    const error = this.#refusal(connection, address, address.split('/')[0] ?? '', '');
    if (error) receiver.close(error);
  }

  #take(context: EventContext): void {
    const { receiver } = context;
    if (!receiver) return;
    const address = String(receiver.target.address);
    if (address === CBS) this.#answerClaim(context);
    else if (address === MANAGEMENT) this.#answerQuestion(context);
    else this.#store(context, receiver, address.split('/')[2]);
  }

  #answerClaim(context: EventContext): void {
    const { connection, message } = context;
    if (!message) return;
    const { name, type } = message.application_properties ?? {};
    const token = String(message.body);
    const isGood = type === 'jwt' ? token === ENTRA_TOKEN : isGoodSignature(token, KEY, new Date());
    context.delivery?.accept();
    if (!isGood || this.faults.refuseTokens) {
      return this.#reply(context, 401, 'InvalidSignature: The token has an invalid signature.');
    }
    const path = new URL(String(name)).pathname.slice(1).replace(/\/\$management$/, '');
    const claims = this.#claims.get(connection) ?? new Set();
    this.#claims.set(connection, claims.add(path));
    this.#reply(context, 202, 'Accepted');
  }

  #answerQuestion(context: EventContext): void {
    const asked = context.message?.application_properties ?? {};
    context.delivery?.accept();
    const error = this.faults.refuseAll;
    if (error) {
      return this.#reply(context, error === SERVER_BUSY ? 503 : 401, error.description, error);
    }
    if (asked['name'] !== this.hub.name) {
      const missing = notFound(`sb://127.0.0.1/${asked['name']}`);
      return this.#reply(context, 404, missing.description, missing);
    }
    if (asked['type'] === 'com.microsoft:eventhub') {
      return this.#reply(context, 200, 'OK', undefined, {
        name: this.hub.name,
        type: 'com.microsoft:eventhub',
        created_at: rhea.types.wrap_timestamp(this.hub.createdAt.getTime()),
        partition_count: rhea.types.wrap_int(this.hub.partitions.length),
        partition_ids: rhea.types.wrap_array(
          this.hub.partitions.map(({ id }) => id),
          0xa1,
          undefined as unknown as string,
        ),
      });
    }
    const partition = this.hub.partition(String(asked['partition']));
    if (!partition) return this.#reply(context, 400, 'no such partition');
    const last = partition.end - 1;
    this.#reply(context, 200, 'OK', undefined, {
      name: this.hub.name,
      type: 'com.microsoft:partition',
      partition: partition.id,
      begin_sequence_number: rhea.types.wrap_long(partition.begin),
      last_enqueued_sequence_number: rhea.types.wrap_long(last),
      last_enqueued_offset: partition.offsetOf(last),
      last_enqueued_time_utc: rhea.types.wrap_timestamp(partition.at(last)?.enqueuedAt ?? 0),
      is_partition_empty: partition.begin > last,
    });
  }

  #reply(
    { connection, message }: EventContext,
    status: number,
    description: string,
    error?: AmqpError,
    body: unknown = null,
  ): void {
    const to = String(message?.reply_to);
    const link = connection.find_sender(
      (each: { target?: { address?: string }; name: string }) =>
        each.name === to || each.target?.address === to,
    );
    link?.send({
      correlation_id: message?.message_id as string,
      application_properties: {
        'status-code': status,
        'status-description': description,
        ...(error ? { 'error-condition': error.condition } : {}),
      },
      body,
    });
  }

  #store(context: EventContext, receiver: Receiver, id: string | undefined): void {
    const { message } = context;
    const format = (context as { format?: number }).format;
    if (!message) return;
    const isBatch = format === BATCH_FORMAT;
    const envelope = isBatch
      ? rhea.message.decode(message as unknown as Buffer)
      : (message as { body?: unknown });
    const content = (envelope as { body: { content: Buffer | Buffer[] } }).body?.content;
    const messages = isBatch
      ? [content ?? []].flat().map((each) => rhea.message.decode(each))
      : [message];
    const partition = id ?? this.hub.partitions[this.#turn++ % this.hub.partitions.length]?.id;
    for (const { body, message_annotations: _, ...fields } of messages) {
      this.append(partition ?? '0', { body, fields: ownFields(fields) });
    }
    if (this.faults.loseAcknowledgements > 0) {
      this.faults.loseAcknowledgements -= 1;
      receiver.connection.close(DETACHED as never);
      return;
    }
    context.delivery?.accept();
  }
}

/** A decoded message's own fields, without what its prototype computes. */
function ownFields(fields: object): Record<string, unknown> {
  const names = [
    'application_properties',
    'content_type',
    'content_encoding',
    'message_id',
    'correlation_id',
  ];
  return Object.fromEntries(
    names
      .map((name) => [name, (fields as Record<string, unknown>)[name]] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
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
