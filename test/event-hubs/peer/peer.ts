import rhea, { type Connection, type Container, type EventContext, type Sender } from 'rhea';
import {
  type AmqpError,
  DETACHED,
  EXPIRED_TOKEN,
  type Faults,
  invalidOffset,
  noFaults,
  noPartition,
} from './faults.ts';
import { Gatekeeper } from './gatekeeper.ts';
import { Hub, type HubOptions, type KeptEvent } from './hub.ts';
import { ignoreLateDispositions } from './late-dispositions.ts';
import { Listener, type ListenerOptions } from './listener.ts';
import { Reader, type ReaderPlace } from './reader.ts';
import { Readers } from './readers.ts';
import { CLAIM_ACCEPTED, CLAIM_REFUSED, propertiesReply, sendReply } from './replies.ts';
import { sentEvents } from './sent-events.ts';
import { isGoodSignature, type SharedKey } from './tokens.ts';

export interface PeerOptions extends HubOptions, ListenerOptions {}

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
  readonly #listener: Listener;
  readonly #readers = new Readers(this.faults);
  readonly #gatekeeper: Gatekeeper;
  #turn = 0;

  private constructor(options: PeerOptions) {
    this.hub = new Hub(options);
    this.#gatekeeper = new Gatekeeper(this.hub, this.faults);
    this.#listener = new Listener(this.#container(), options);
  }

  #container(): Container {
    const container = rhea.create_container({ id: 'peer', non_fatal_errors: [] });
    container.sasl_server_mechanisms.enable_anonymous();
    container.sasl_server_mechanisms['MSSBCBS'] = container.sasl_server_mechanisms['ANONYMOUS'];
    container.on('connection_open', ({ connection }) => ignoreLateDispositions(connection));
    for (const event of ['connection_close', 'disconnected']) {
      container.on(event, ({ connection }) => this.#readers.forget(connection));
    }
    // A client that is killed leaves broken connections behind.
    for (const event of ['connection_error', 'session_error', 'protocol_error', 'error']) {
      container.on(event, () => undefined);
    }
    container.on('sender_open', (context) => this.#openSender(context));
    container.on('receiver_open', (context) => this.#openReceiver(context));
    container.on('sender_close', ({ sender }) => this.#readers.drop(sender));
    container.on('sendable', ({ sender }) => this.#readers.of(sender)?.pump());
    container.on('message', (context) => this.#take(context));
    return container;
  }

  static async start(options: PeerOptions): Promise<EventHubsPeer> {
    const peer = new EventHubsPeer(options);
    await peer.listen();
    return peer;
  }

  /** Listens, at the same port again after a `stop`. */
  listen(): Promise<void> {
    return this.#listener.listen();
  }

  get port(): number {
    return this.#listener.port;
  }

  /** For the unmodified client over plain TCP. */
  get connectionString(): string {
    return `Endpoint=sb://127.0.0.1:${this.port};SharedAccessKeyName=${KEY.name};SharedAccessKey=${KEY.key};UseDevelopmentEmulator=true`;
  }

  get readers(): number {
    return this.#readers.count;
  }

  async stop(): Promise<void> {
    this.#readers.clear();
    await this.#listener.stop();
  }

  /** Stores an event as if it had been sent; returns its sequence number. */
  append(partition: string, event: Partial<KeptEvent> & { readonly body: unknown }): number {
    const kept = this.hub.partition(partition);
    if (!kept) throw new Error(`no partition ${partition}`);
    const body = Buffer.isBuffer(event.body) ? rhea.message.data_section(event.body) : event.body;
    const no = kept.append({ enqueuedAt: Date.now(), ...event, body });
    this.#readers.pump();
    return no;
  }

  dropConnections(): void {
    this.#listener.drop();
    this.#readers.clear();
  }

  detachReaders(error: AmqpError = DETACHED): void {
    this.#readers.detach(error);
  }

  /** Every token is out of date from now on; readers are detached. */
  expireTokens(): void {
    this.#gatekeeper.expireAll();
    this.detachReaders(EXPIRED_TOKEN);
  }

  /** Delivers again, on the links that are open. */
  rewind(events: number): void {
    this.#readers.rewind(events);
  }

  recreateHub(): void {
    this.hub.recreate();
    this.detachReaders();
  }

  setStalled(isStalled: boolean): void {
    this.faults.isStalled = isStalled;
    if (!isStalled) this.#readers.pump();
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
    const [, , group = '', , id = ''] = address.split('/');
    const error = this.#gatekeeper.refusal(connection, address);
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
    return this.#readers.rivalry(place) ?? place;
  }

  /** A link on which the client sends: requests, or events. */
  #openReceiver({ receiver, connection }: EventContext): void {
    if (!receiver) return;
    const address = String(receiver.target.address);
    receiver.set_target({ address });
    if (REPLIES.includes(address)) return;
    const error = this.#gatekeeper.refusal(connection, address);
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
    if (isAccepted) this.#gatekeeper.claim(connection, String(name));
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
