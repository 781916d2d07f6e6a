import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeFolder } from '../core/make-folder.ts';
import type { Shuffler } from './shuffler.ts';

const CHUNK_CHARS = 1 << 20;

/** Several records on one line, as one Event Hubs message or one OTLP request holds them. */
export interface Envelope {
  readonly open: string;
  readonly close: string;
  readonly size: number;
}

export const EVENT_HUBS_ENVELOPE: Envelope = { open: '{"records":[', close: ']}', size: 25 };

/** One file of records, written in pieces of about a megabyte. A name ending in .gz is compressed. */
export class RecordFile {
  readonly name: string;
  records = 0;
  readonly #stream: Writable;
  readonly #done: Promise<void>;
  readonly #envelope: Envelope | undefined;
  readonly #shuffler: Shuffler | undefined;
  #held: string[] = [];
  #chunk = '';

  constructor(folder: string, name: string, envelope?: Envelope, shuffler?: Shuffler) {
    this.name = name;
    this.#envelope = envelope;
    this.#shuffler = shuffler;
    const path = join(folder, name);
    makeFolder(dirname(path));
    const file = createWriteStream(path, { highWaterMark: 2 * CHUNK_CHARS });
    if (name.endsWith('.gz')) {
      const gzip = createGzip({ level: 6 });
      this.#stream = gzip;
      this.#done = pipeline(gzip, file);
    } else {
      this.#stream = file;
      this.#done = finished(file);
    }
    // A failed write is thrown by the next flush or by close, not as an unhandled rejection.
    this.#done.catch(() => {});
  }

  get isFull(): boolean {
    return this.#chunk.length >= CHUNK_CHARS;
  }

  add(record: object): void {
    this.addText(JSON.stringify(record));
  }

  /** Adds a record that is already text. */
  addText(json: string): void {
    this.records += 1;
    for (const ready of this.#shuffler?.next(json) ?? [json]) this.#write(ready);
  }

  #write(json: string): void {
    if (this.#envelope === undefined) {
      this.addLine(json);
      return;
    }
    this.#held.push(json);
    if (this.#held.length >= this.#envelope.size) this.#closeEnvelope(this.#envelope);
  }

  /** Adds a line that is no record, such as a header or a broken one. */
  addLine(line: string): void {
    this.#chunk += `${line}\n`;
  }

  /** Hands the chunk to the system, and waits where the disk is slower than we are. */
  async flush(): Promise<void> {
    if (this.#chunk === '') return;
    const chunk = this.#chunk;
    this.#chunk = '';
    if (this.#stream.write(chunk)) return;
    await Promise.race([once(this.#stream, 'drain'), this.#done]);
  }

  async close(): Promise<void> {
    for (const json of this.#shuffler?.rest() ?? []) this.#write(json);
    if (this.#envelope && this.#held.length > 0) this.#closeEnvelope(this.#envelope);
    await this.flush();
    this.#stream.end();
    await this.#done;
  }

  /** Gives up what was not written yet. */
  discard(): void {
    this.#stream.destroy();
  }

  #closeEnvelope({ open, close }: Envelope): void {
    this.addLine(open + this.#held.join(',') + close);
    this.#held = [];
  }
}

/** All files of one simulation. */
export class RecordFiles {
  readonly #folder: string;
  readonly #files: RecordFile[] = [];
  readonly #shuffler: (() => Shuffler) | undefined;

  /** The shuffler, if any, is for the files of telemetry: each has one of its own. */
  constructor(folder: string, shuffler?: () => Shuffler) {
    this.#folder = folder;
    this.#shuffler = shuffler;
  }

  open(name: string, envelope?: Envelope): RecordFile {
    const shuffler = name.startsWith('telemetry/') ? this.#shuffler?.() : undefined;
    const file = new RecordFile(this.#folder, name, envelope, shuffler);
    this.#files.push(file);
    return file;
  }

  /** Keeps memory bounded: call it after each few records. */
  async flushFull(): Promise<void> {
    for (const file of this.#files) if (file.isFull) await file.flush();
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  discard(): void {
    for (const file of this.#files) file.discard();
  }

  get names(): string[] {
    return this.#files.map(({ name }) => name).sort();
  }

  recordsOf(names: readonly string[]): number {
    return this.#files
      .filter(({ name }) => names.includes(name))
      .reduce((sum, { records }) => sum + records, 0);
  }
}
