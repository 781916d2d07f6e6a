import { HARD_MIX } from '../../simulate/faults.ts';
import type { Truth } from '../../simulate/ground-truth.ts';
import {
  filesBelow,
  type Json,
  linesOf,
  properties,
  recordsOf,
  simulateInto,
  truthsOf,
} from './fleet-files.ts';

/** A fleet in which the rarer faults are frequent, and its records by what names them. */
export class HardFleet {
  readonly folder: string;
  readonly truths: readonly Truth[];
  readonly gateway: ReadonlyMap<string, Json>;
  readonly messages: ReadonlyMap<string, readonly Json[]>;
  readonly requests: ReadonlyMap<string, Json>;
  readonly spans: ReadonlyMap<string, Json>;
  readonly approvals: readonly Json[];
  readonly #reports: ReadonlyMap<string, readonly Json[]>;

  static async simulateInto(folder: string): Promise<HardFleet> {
    const often = { retries: 0.1, batches: 0.1, attempts: 0.1, input_required: 0.3, sampled: 0 };
    const approval = {
      approval_missing: 0.1,
      approval_other_arguments: 0.1,
      approval_stale: 0.1,
      approval_reused: 0.2,
    };
    await simulateInto(folder, { calls: 4_000, faults: { ...HARD_MIX, ...often, ...approval } });
    return new HardFleet(folder);
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.truths = truthsOf(folder);
    this.gateway = new Map(
      [
        ...this.recordsBelow('telemetry/gateway/'),
        ...this.recordsBelow('telemetry/late/gateway/'),
      ].map((record) => [correlationOf(record), record]),
    );
    this.messages = Map.groupBy(this.recordsBelow('telemetry/mcp/'), correlationOf);
    const items = this.#serverItems();
    this.requests = new Map(
      items
        .filter((record) => record['Type'] === 'AppRequests')
        .map((record) => [String(record['Id']), record]),
    );
    const named = (name: string) =>
      items.filter((record) => record['Name'] === name || record['Message'] === name);
    this.#reports = Map.groupBy(named('mcp.tool_call'), (record) => String(record['ParentId']));
    this.approvals = named('mcp.approval').map(properties);
    this.spans = new Map(otlpSpans(folder).map((span) => [String(span['spanId']), span]));
  }

  recordsBelow(prefix: string): Json[] {
    return [...filesBelow(this.folder).keys()]
      .filter((name) => name.startsWith(prefix) && name.endsWith('.ndjson'))
      .flatMap((name) => recordsOf(this.folder, name));
  }

  #serverItems(): Json[] {
    const streams = ['crm-mcp', 'lab-mcp'].flatMap((server) =>
      recordsOf(this.folder, `telemetry/appinsights/${server}.eventhub.json`),
    );
    const late = recordsOf(this.folder, 'telemetry/late/app_requests.ndjson');
    return [...this.recordsBelow('telemetry/appinsights/app_'), ...streams, ...late];
  }

  /** The gateway's record of a call, or of its last request. */
  logOf({ correlation_id }: Truth): Json {
    return this.gateway.get(correlation_id ?? '') ?? {};
  }

  headersOf(truth: Truth): Json {
    return headersOf(this.logOf(truth));
  }

  requestOf({ server_span_id }: Truth): Json {
    return this.requests.get(server_span_id ?? '') ?? {};
  }

  /** What a server that uses Application Insights says of a call. */
  reportOf({ server_span_id, rpc_request_id }: Truth): Json {
    const all = this.reportsOf(server_span_id);
    const own = all.find((bag) => bag['jsonrpc.request.id'] === rpc_request_id);
    return (rpc_request_id === null ? all[0] : own) ?? {};
  }

  reportsOf(span: string | null): Json[] {
    return (this.#reports.get(span ?? '') ?? []).map(properties);
  }

  /** The calls with a fault that both sides tell of; there must be some. */
  befallen(fault: string, also: (truth: Truth) => boolean = () => true): Truth[] {
    const found = this.truths.filter(
      (truth) =>
        truth.faults.includes(fault) &&
        truth.correlation_id !== null &&
        truth.server_span_id !== null &&
        also(truth),
    );
    if (found.length === 0) throw new Error(`no call has the fault '${fault}'`);
    return found;
  }
}

export function usesInsights({ server_id }: Truth): boolean {
  return server_id !== 'search-mcp';
}

export function correlationOf(record: Json): string {
  return String(record['CorrelationId'] ?? record['correlationId']);
}

/** A field by its name in Log Analytics, also of the Event Hubs shape. */
export function fieldOf(record: Json, name: string): unknown {
  const inside = record['properties'] as Json | undefined;
  return record[name] ?? inside?.[`${name[0]?.toLowerCase()}${name.slice(1)}`];
}

export function headersOf(record: Json): Json {
  return (fieldOf(record, 'RequestHeaders') ?? {}) as Json;
}

export function timeOf(record: Json): number {
  return Date.parse(String(record['TimeGenerated'] ?? record['time']));
}

function otlpSpans(folder: string): Json[] {
  return linesOf(folder, 'telemetry/otlp/search-mcp.jsonl').flatMap((line) => {
    const { resourceSpans } = JSON.parse(line) as {
      resourceSpans: { scopeSpans: { spans: Json[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
}
