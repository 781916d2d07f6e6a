import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

type Value = string | number | boolean;
export type Attributes = Readonly<Record<string, Value>>;

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: the first of its trace. */
  readonly parentSpanId: string;
  readonly linkedTraces: readonly string[];
  readonly isError: boolean;
  readonly attributes: Attributes;
}

export interface CollectedPoint {
  readonly metric: string;
  readonly unit: string;
  /** The value; of a histogram the count. */
  readonly value: number;
  /** Of a histogram. */
  readonly sum: number | undefined;
  readonly attributes: Attributes;
}

/** What OTLP/JSON calls an attribute. */
interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, Value>>;
}

/** A collector on loopback: takes OTLP over HTTP, and keeps it. */
export class Collector implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** All that was sent, as text. */
  readonly bodies: string[] = [];
  readonly contentTypes = new Set<string>();
  readonly resources: Attributes[] = [];
  readonly scopes = new Set<string>();
  readonly spans: CollectedSpan[] = [];
  readonly points: CollectedPoint[] = [];
  /** Each way of sending, in the order of arrival. */
  readonly paths: string[] = [];

  private constructor({
    isSilent,
    status,
  }: { readonly isSilent: boolean; readonly status: number }) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        this.#keep(url, String(headers['content-type']), Buffer.concat(chunks));
        if (isSilent) return;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end('{}');
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** A silent one takes everything, and never answers. */
  static async start({ isSilent = false, status = 200 } = {}): Promise<Collector> {
    const collector = new Collector({ isSilent, status });
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The variables that a user would set; JSON, so that it can be read here. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  }

  spansOf(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** The newest value of each series of a metric, under the values of its attributes. */
  latest(metric: string): Record<string, number> {
    const points = this.points.filter((point) => point.metric === metric);
    return Object.fromEntries(
      points.map(({ attributes, value }) => [Object.values(attributes).join(' '), value]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #keep(path: string, contentType: string, body: Buffer): void {
    this.paths.push(path);
    this.contentTypes.add(contentType);
    this.bodies.push(body.toString('utf8'));
    if (contentType !== 'application/json') return;
    const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body.toString('utf8'));
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(attributesOf(resource.attributes));
      for (const { scope, spans } of scopeSpans) {
        this.scopes.add(`${scope.name} ${scope.version}`);
        this.spans.push(...spans.map(spanOf));
      }
    }
    for (const { resource, scopeMetrics } of resourceMetrics) {
      this.resources.push(attributesOf(resource.attributes));
      for (const { metrics } of scopeMetrics) this.points.push(...metrics.flatMap(pointsOf));
    }
  }
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string }[];
  readonly status: { readonly code?: number };
  readonly attributes: readonly KeyValue[];
}

const STATUS_ERROR = 2;

function spanOf(span: OtlpSpan): CollectedSpan {
  const { name, traceId, spanId, parentSpanId = '', links = [], status, attributes } = span;
  return {
    ...{ name, traceId, spanId, parentSpanId },
    linkedTraces: links.map((link) => link.traceId),
    isError: status.code === STATUS_ERROR,
    attributes: attributesOf(attributes),
  };
}

interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly gauge?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}

interface OtlpPoint {
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly count?: string | number;
  readonly sum?: number;
  readonly attributes: readonly KeyValue[];
}

function pointsOf({ name, unit, sum: counter, gauge, histogram }: OtlpMetric): CollectedPoint[] {
  const { dataPoints = [] } = counter ?? gauge ?? histogram ?? {};
  return dataPoints.map(({ asInt, asDouble, count, sum, attributes }) => ({
    metric: name,
    unit,
    value: Number(asInt ?? asDouble ?? count),
    sum,
    attributes: attributesOf(attributes),
  }));
}

/** A 64-bit integer may come as text. */
function attributesOf(attributes: readonly KeyValue[]): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [[kind, given] = ['', '']] = Object.entries(value);
      return [key, kind === 'intValue' ? Number(given) : given];
    }),
  );
}
