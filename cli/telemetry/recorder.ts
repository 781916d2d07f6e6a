import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { UserError } from '../../core/errors.ts';
import type { AttributeValues, Note, Parts, Recorder } from '../../core/own-telemetry.ts';
import {
  ATTRIBUTES,
  type AttributeName,
  type MetricName,
  ON_EVERY_SPAN,
  SPANS,
  type SpanName,
  type SpanShape,
} from '../../core/telemetry-names.ts';
import { attributesOf } from './attributes.ts';
import { flushProviders } from './flush.ts';
import { Instruments } from './instruments.ts';

/** The span around some work, and what is known there. */
interface Scope {
  readonly context: Context;
  readonly values: AttributeValues;
}

export interface RecorderOptions {
  readonly command: string;
  readonly version: string;
  /** Told why what was kept could not be sent. */
  readonly onFailed: (problem: string) => void;
}

/** Tells what this program does by whatever SDK is registered with the API. */
export class OtelRecorder implements Recorder {
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  readonly #onFailed: (problem: string) => void;
  /** Own, so that spans find their parents whatever the SDK brings to keep contexts. */
  readonly #scopes = new AsyncLocalStorage<Scope>();
  readonly #open = new Set<Span>();
  readonly #command: Span;
  readonly #commandScope: Scope;

  constructor({ command, version, onFailed }: RecorderOptions) {
    this.#tracer = trace.getTracer('mcp-witness', version);
    this.#instruments = new Instruments(version);
    this.#onFailed = onFailed;
    const outer = { context: context.active(), values: {} };
    this.#command = this.#start('command', { command }, outer);
    this.#commandScope = { ...outer, context: trace.setSpan(outer.context, this.#command) };
  }

  async span<T>(
    name: SpanName,
    given: AttributeValues,
    work: (note: Note) => Promise<T>,
  ): Promise<T> {
    const shape: SpanShape = SPANS[name];
    const outer = this.#scope;
    const span = this.#start(name, given, outer);
    const values: AttributeValues = { ...outer.values, ...given };
    if (shape.age) this.#instruments.beginAge(shape.age, values);
    const began = performance.now();
    let isWhole = true;
    const note: Note = (more) => {
      if (more.interrupted === true) isWhole = false;
      this.#note(span, attributesOf([...shape.attributes, ...ON_EVERY_SPAN], more));
    };
    let errorType: string | undefined;
    try {
      const inner = { context: trace.setSpan(outer.context, span), values };
      const result = await this.#scopes.run(inner, () =>
        context.with(inner.context, () => work(note)),
      );
      if (shape.age && isWhole) this.#instruments.renewAge(shape.age, values);
      return result;
    } catch (error) {
      errorType = errorTypeOf(error);
      this.#fail(span, errorType);
      throw error;
    } finally {
      const seconds = (performance.now() - began) / 1000;
      if (shape.duration) {
        this.#instruments.record(shape.duration, seconds, { ...values, stage: name, errorType });
      }
      this.#end(span);
    }
  }

  parts(name: SpanName): Parts {
    const outer = this.#scope;
    let span: Span | undefined;
    const end = (): void => {
      if (span) this.#end(span);
      span = undefined;
    };
    return {
      next: (values) => {
        end();
        span = this.#start(name, values, outer);
      },
      end,
    };
  }

  measure(name: MetricName, value: number, values: AttributeValues): void {
    this.#instruments.record(name, value, { ...this.#scope.values, ...values });
  }

  endCommand(exitCode: number, error: unknown): void {
    this.#note(this.#command, { [ATTRIBUTES.exitCode]: exitCode });
    if (error !== undefined) this.#fail(this.#command, errorTypeOf(error));
    this.#end(this.#command);
  }

  async flush(exitCode: number): Promise<void> {
    this.#note(this.#command, { [ATTRIBUTES.exitCode]: exitCode });
    for (const span of this.#open) {
      this.#note(span, { [ATTRIBUTES.interrupted]: true });
      this.#end(span);
    }
    const problem = await flushProviders();
    if (problem !== undefined) this.#onFailed(problem);
  }

  get #scope(): Scope {
    return this.#scopes.getStore() ?? this.#commandScope;
  }

  #start(name: SpanName, values: AttributeValues, outer: Scope): Span {
    const { name: pattern, attributes, isRoot = false }: SpanShape = SPANS[name];
    const around = trace.getSpanContext(outer.context);
    const links: Link[] = isRoot && around ? [{ context: around }] : [];
    const span = this.#tracer.startSpan(
      pattern.replace(/\{(\w+)\}/g, (_, key: AttributeName) => String(values[key])),
      { root: isRoot, links, attributes: attributesOf(attributes, values) },
      outer.context,
    );
    this.#open.add(span);
    return span;
  }

  /** Work that was cut short may still go on for a moment, when its span has been sent. */
  #note(span: Span, attributes: Attributes): void {
    if (this.#open.has(span)) span.setAttributes(attributes);
  }

  #fail(span: Span, errorType: string): void {
    this.#note(span, { [ATTRIBUTES.errorType]: errorType });
    // No message: it may quote a file or name somebody.
    if (this.#open.has(span)) span.setStatus({ code: SpanStatusCode.ERROR });
  }

  #end(span: Span): void {
    if (this.#open.delete(span)) span.end();
  }
}

/** Our own code of an error, else its class. */
function errorTypeOf(error: unknown): string {
  if (error instanceof UserError) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
