/** What a partition keeps of an event: the message without the annotations that the hub adds. */
export interface KeptEvent {
  readonly body: unknown;
  readonly enqueuedAt: number;
  /** Fields of the AMQP message, such as content_type and application_properties. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Makes an event of a partition on demand, so that a hub may hold more than memory does. */
export type Generator = (partition: string, sequenceNumber: number) => KeptEvent;

/** Sequence numbers and offsets both grow, and are not the same numbers. */
const OFFSET_STEP = 100;

export class Partition {
  readonly id: string;
  /** Lowest sequence number that retention has left. */
  begin = 0;
  #events: (KeptEvent | undefined)[] = [];
  readonly #generate: Generator | undefined;
  #generated = 0;
  readonly #holes = new Set<number>();

  constructor(id: string, generate?: Generator, generated = 0) {
    this.id = id;
    this.#generate = generate;
    this.#generated = generate ? generated : 0;
  }

  /** One beyond the last sequence number. */
  get end(): number {
    return this.#generated + this.#events.length;
  }

  /** When the last event came, also when it is gone already. */
  get lastEnqueuedAt(): number {
    const last = this.#events.at(-1) ?? this.#generate?.(this.id, this.end - 1);
    return this.end === 0 ? 0 : (last?.enqueuedAt ?? 0);
  }

  append(event: KeptEvent): number {
    this.#events.push(event);
    return this.end - 1;
  }

  /** The event, or undefined where there is none any more. */
  at(sequenceNumber: number): KeptEvent | undefined {
    if (sequenceNumber < this.begin || this.#holes.has(sequenceNumber)) return undefined;
    if (sequenceNumber < this.#generated) return this.#generate?.(this.id, sequenceNumber);
    return this.#events[sequenceNumber - this.#generated];
  }

  /** Retention: what is before is gone. */
  expireBefore(sequenceNumber: number): void {
    this.begin = Math.max(this.begin, Math.min(sequenceNumber, this.end));
  }

  /** Events that vanish although retention has not reached them. */
  lose(from: number, to: number): void {
    for (let no = from; no <= to; no += 1) this.#holes.add(no);
  }

  offsetOf(sequenceNumber: number): string {
    return String(sequenceNumber * OFFSET_STEP);
  }

  /**
   * The first sequence number that a receiver's filter lets through; 'beyond' where it names what
   * this partition never had.
   */
  seek(filter: string): number | 'beyond' {
    const found =
      /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time) (>=?) '(.*)'$/.exec(filter);
    if (!found) throw new Error(`no such filter: ${filter}`);
    const [, field, operator, value = ''] = found;
    if (field === 'offset' && value === '@latest') return this.end;
    const asked = Number(value);
    if (field === 'enqueued-time') return this.#firstAfter(asked);
    if (asked < 0) return this.begin;
    const position = field === 'offset' ? asked / OFFSET_STEP : asked;
    if (position >= this.end && position > 0) return 'beyond';
    return Math.max(this.begin, operator === '>' ? Math.floor(position) + 1 : Math.ceil(position));
  }

  #firstAfter(time: number): number {
    let no = this.begin;
    while (no < this.end && (this.at(no)?.enqueuedAt ?? 0) <= time) no += 1;
    return no;
  }
}

export interface HubOptions {
  readonly name: string;
  readonly partitions: number;
  readonly groups: readonly string[];
  readonly generate?: Generator;
  /** Events of each partition that `generate` stands for. */
  readonly generated?: number;
}

/** One event hub: partitions that only grow, and forget from the front. */
export class Hub {
  readonly name: string;
  readonly groups: Set<string>;
  readonly #options: HubOptions;
  createdAt = new Date('2026-01-01T00:00:00Z');
  partitions: Partition[] = [];

  constructor(options: HubOptions) {
    this.name = options.name;
    this.groups = new Set(options.groups.map((group) => group.toLowerCase()));
    this.#options = options;
    this.addPartitions(options.partitions);
  }

  addPartitions(count: number): void {
    const { generate, generated } = this.#options;
    for (let no = 0; no < count; no += 1) {
      this.partitions.push(new Partition(String(this.partitions.length), generate, generated));
    }
  }

  /** The service does not look at the letters' case. */
  isNamed(name: string): boolean {
    return name.toLowerCase() === this.name.toLowerCase();
  }

  partition(id: string): Partition | undefined {
    return this.partitions.find((each) => each.id === id);
  }

  /** Deleted and made again under the same name: empty, and numbered from 0. */
  recreate(): void {
    const count = this.partitions.length;
    this.createdAt = new Date(this.createdAt.getTime() + 86_400_000);
    this.partitions = Array.from({ length: count }, (_, no) => new Partition(String(no)));
  }
}
