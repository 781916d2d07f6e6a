import { isUtf8 } from 'node:buffer';
import { unpack } from './compression.ts';
import { onlyRecord } from './envelope.ts';
import { mayBeExport, withoutExport } from './export-forms.ts';
import { hasMoreItems } from './list-items.ts';
import { longLine } from './long-line.ts';

/** What matters of an event beside its place. */
export interface RawBody {
  readonly body: unknown;
  /** AMQP's content-encoding, or an application property of that name. */
  readonly contentEncoding?: string | undefined;
}

/** How bodies are handed on. */
export interface BodyForm {
  /** Each line of a body that is not JSON as `{"line": "…"}`, for a user's own source. */
  readonly asLines: boolean;
}

/** What cannot be a line, and why. */
export interface Unread {
  readonly reason: string;
  readonly size: number;
}

/** A body as one line of JSON text with what was cut off behind it, or why it cannot be one. */
export type BodyLine =
  | { readonly kind: 'line'; readonly bytes: Buffer; readonly cut?: Unread }
  | ({ readonly kind: 'unreadable' } & Unread);

const NEWLINE = 0x0a;
const SPACE = 0x20;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** Where API Management's log-to-eventhub cuts what it sends: 200 KB, however that is counted. */
const CUT_FROM_BYTES = 199_000;
const CUT_TO_BYTES = 205_000;
/** What is parsed here takes many times its size; a body may unpack to much more than a telemetry's is. */
const MAX_PARSED_BYTES = 8 * 1024 * 1024;
/** Each of them may turn out to be a record. */
const MAX_ITEMS = 1_000_000;
const LONG_EXPORT = `an export of events of more than ${MAX_PARSED_BYTES / 1024 / 1024} MB`;
const MANY_ITEMS = 'a body of more than 1,000,000 items';
const CUT = 'cut off at 200 KB by log-to-eventhub';

/**
 * The body of an event as a line for the engine. Bodies are not parsed here: only those that are
 * packed, exported or of several lines are looked into. Never throws: a stream that ended at a
 * body would end there every time.
 */
export function bodyLine(event: RawBody, { asLines }: BodyForm = { asLines: false }): BodyLine {
  try {
    return read(event, asLines);
  } catch (error) {
    const { body } = event;
    return unreadable(failureOf(error), body instanceof Uint8Array ? body.length : 0);
  }
}

/** What failed, without the message: it may quote the body. */
function failureOf(error: unknown): string {
  const isDeep = error instanceof RangeError && error.message.includes('call stack');
  if (isDeep) return 'a body that is nested too deep';
  return `a body that cannot be read: ${error instanceof Error ? error.name : 'unknown'}`;
}

function read(event: RawBody, asLines: boolean): BodyLine {
  const { body } = event;
  if (body === undefined || body === null) return unreadable('an event without a body', 0);
  const given = Buffer.isBuffer(body) ? body : bytesOf(body);
  if (given.length === 0) return unreadable('an event without a body', 0);
  const unpacked = unpack(given, event.contentEncoding);
  if (unpacked.kind === 'unreadable') return unreadable(unpacked.reason, given.length);
  let text = utf8Of(unpacked.bytes);
  let rest = unpacked.rest;
  if (mayBeExport(text)) {
    if (text.length > MAX_PARSED_BYTES) return unreadable(LONG_EXPORT, given.length);
    const inner = unpack(withoutExport(text), undefined);
    if (inner.kind === 'unreadable') return unreadable(inner.reason, given.length);
    text = utf8Of(inner.bytes);
    rest ??= inner.rest;
  }
  const found = lineOf(text, given.length, asLines);
  return rest === undefined || found.kind !== 'line' ? found : { ...found, cut: found.cut ?? rest };
}

function lineOf(text: Buffer, givenBytes: number, asLines: boolean): BodyLine {
  // A blank line would be no record at all, and an event that is counted nowhere.
  if (isBlank(text)) return line(Buffer.from('""'));
  if (isCut(text)) return unreadable(CUT, text.length);
  if (asLines && !isJson(text)) {
    return hasMoreLines(text) ? unreadable(MANY_ITEMS, givenBytes) : textLines(text);
  }
  const whole = text.includes(NEWLINE) ? joined(text) : text;
  // Two bytes are the least that an item takes.
  const mayHaveMany = whole.length > 2 * MAX_ITEMS;
  if (mayHaveMany && hasMoreItems(whole, MAX_ITEMS)) return unreadable(MANY_ITEMS, givenBytes);
  return line(onlyRecord(whole));
}

function unreadable(reason: string, size: number): BodyLine {
  return { kind: 'unreadable', reason, size };
}

function line(bytes: Buffer): BodyLine {
  return { kind: 'line', bytes };
}

/** AMQP bodies that are values instead of bytes: text as it is, anything else as JSON. */
function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  // Several sections of data are one body.
  if (Array.isArray(value) && value.every((part) => Buffer.isBuffer(part))) {
    return Buffer.concat(value);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value, safeNumbers);
  return Buffer.from(text ?? '', 'utf8');
}

function safeNumbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Without byte order mark; what is no UTF-8 becomes the replacement character, as everywhere. */
function utf8Of(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  const text = bytes.subarray(at);
  const isUtf16 = (text[0] === 0xff && text[1] === 0xfe) || (text[0] === 0xfe && text[1] === 0xff);
  if (isUtf16) {
    const order = text[0] === 0xff ? 'utf-16le' : 'utf-16be';
    return Buffer.from(new TextDecoder(order).decode(text), 'utf8');
  }
  return isUtf8(text) ? text : Buffer.from(text.toString('utf8'), 'utf8');
}

function isJson(text: Buffer): boolean {
  const first = text[0];
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return true;
  return /^\s*[[{]/.test(text.toString('latin1', 0, 256));
}

function hasCutLength(text: Buffer): boolean {
  return text.length >= CUT_FROM_BYTES && text.length <= CUT_TO_BYTES;
}

/** A whole JSON value ends with a bracket; what was cut at the limit does not. */
function isCut(text: Buffer): boolean {
  return (
    hasCutLength(text) &&
    isJson(text) &&
    !/[\]}]\s*$/.test(text.toString('latin1', text.length - 256))
  );
}

function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte <= SPACE);
}

function joined(text: Buffer): Buffer {
  return text.length > MAX_PARSED_BYTES ? longLine(text) : oneLine(text);
}

/** A document over several lines, or several documents of a line each, as one line. */
function oneLine(text: Buffer): Buffer {
  const whole = text.toString('utf8');
  if (isValid(whole)) return Buffer.from(whole.replaceAll(/[\r\n]/g, ' '), 'utf8');
  const lines = whole.split('\n').filter((each) => each.trim() !== '');
  if (lines.length <= 1) return Buffer.from((lines[0] ?? '""').replaceAll('\r', ' '), 'utf8');
  const values = lines.map((each) => (isValid(each) ? each.trim() : JSON.stringify(each)));
  return Buffer.from(`[${values.join(',')}]`, 'utf8');
}

function isValid(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hasMoreLines(text: Buffer): boolean {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines >= MAX_ITEMS;
}

/** At the limit, a last line without its end may have lost some of it: 200 would be read as 20. */
function textLines(text: Buffer): BodyLine {
  const end = hasCutLength(text) ? text.lastIndexOf(NEWLINE) + 1 : text.length;
  if (end === text.length) return line(linesJson(text));
  const cut = { reason: CUT, size: text.length - end };
  const whole = text.subarray(0, end);
  if (whole.toString('utf8').trim() === '') return unreadable(CUT, text.length);
  return { kind: 'line', bytes: linesJson(whole), cut };
}

function linesJson(text: Buffer): Buffer {
  const lines = text
    .toString('utf8')
    .split(/\r?\n/)
    .filter((each) => each.trim() !== '')
    .map((each) => ({ line: each }));
  return Buffer.from(JSON.stringify(lines.length === 1 ? lines[0] : lines), 'utf8');
}
