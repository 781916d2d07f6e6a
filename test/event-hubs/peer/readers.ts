import type { Connection } from 'rhea';
import { type AmqpError, type Faults, STOLEN, TOO_MANY_READERS } from './faults.ts';
import type { Reader, ReaderPlace } from './reader.ts';

/** The receivers of all clients. */
export class Readers {
  readonly #all = new Set<Reader>();
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  get count(): number {
    return this.#all.size;
  }

  add(reader: Reader): void {
    this.#all.add(reader);
  }

  of(sender: unknown): Reader | undefined {
    for (const reader of this.#all) if (reader.sender === sender) return reader;
    return undefined;
  }

  drop(sender: unknown): void {
    const reader = this.of(sender);
    if (reader) this.#all.delete(reader);
  }

  forget(connection: Connection): void {
    for (const reader of this.#all) {
      if (reader.sender.connection === connection) this.#all.delete(reader);
    }
  }

  clear(): void {
    this.#all.clear();
  }

  pump(): void {
    for (const reader of this.#all) reader.pump();
  }

  rewind(events: number): void {
    for (const reader of this.#all) reader.rewind(events);
  }

  detach(error: AmqpError): void {
    for (const reader of this.#all) reader.sender.close(error);
    this.#all.clear();
  }

  /** Readers of one partition and group: the highest owner level wins, and without one five share. */
  rivalry({ partition, group, epoch }: ReaderPlace): AmqpError | undefined {
    const { maxReaders } = this.#faults;
    const others = [...this.#all].filter(
      (each) => each.partition === partition && each.group === group,
    );
    if (others.some((each) => (each.epoch ?? -1) > (epoch ?? -1))) return STOLEN;
    const sharing = others.filter((each) => each.epoch === undefined).length;
    if (maxReaders === 0 || sharing >= maxReaders) return TOO_MANY_READERS;
    for (const other of epoch === undefined ? [] : others) {
      other.sender.close(STOLEN);
      this.#all.delete(other);
    }
    return undefined;
  }
}
