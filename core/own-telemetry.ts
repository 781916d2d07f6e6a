import type { AttributeName, MetricName, SpanName } from './telemetry-names.ts';

export type AttributeValues = Readonly<
  Partial<Record<AttributeName, string | number | boolean | undefined>>
>;

/** Adds to a span what is known only once its work is done. */
export type Note = (values: AttributeValues) => void;

/** Parts that follow one another: each ends when the next begins. */
export interface Parts {
  next(values: AttributeValues): void;
  end(): void;
}

/** Keeps what this program tells of its own work. */
export interface Recorder {
  span<T>(name: SpanName, values: AttributeValues, work: (note: Note) => Promise<T>): Promise<T>;
  parts(name: SpanName): Parts;
  measure(name: MetricName, value: number, values: AttributeValues): void;
  endCommand(exitCode: number, error: unknown): void;
  /** Sends what was kept, in a bounded time; what is not done yet was cut short. */
  flush(exitCode: number): Promise<void>;
}

/** Undefined: nobody wants to know, and nothing is kept. */
let recorder: Recorder | undefined;

/** Keeps what is told from now on there, or nowhere. */
export function recordWith(given: Recorder | undefined): void {
  recorder = given;
}

const NO_NOTE: Note = () => undefined;

/** Does work as a span; `note` adds what is known at its end. */
export function inSpan<T>(
  name: SpanName,
  values: AttributeValues,
  work: (note: Note) => Promise<T>,
): Promise<T> {
  return recorder ? recorder.span(name, values, work) : work(NO_NOTE);
}

const NO_PARTS: Parts = { next: () => undefined, end: () => undefined };

/** Spans of parts, each from `next` to `next`. */
export function spanParts(name: SpanName): Parts {
  return recorder?.parts(name) ?? NO_PARTS;
}

/** Adds to a counter, or sets a gauge; attributes of the spans around it need not be given. */
export function measure(name: MetricName, value: number, values: AttributeValues = {}): void {
  recorder?.measure(name, value, values);
}

/** Ends the span of the command line. */
export function endCommand(exitCode: number, error?: unknown): void {
  recorder?.endCommand(exitCode, error);
}

/** Sends what was kept, in a bounded time; undefined when there is nobody to send it to. */
export function flushTelemetry(exitCode: number): Promise<void> | undefined {
  return recorder?.flush(exitCode);
}
