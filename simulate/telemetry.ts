import type { Faults } from './fault-table.ts';
import { GATEWAYS, WEST } from './fleet/gateways.ts';
import { SERVERS, type Server } from './fleet/servers.ts';
import { EVENT_HUBS_ENVELOPE, type RecordFile, type RecordFiles } from './record-files.ts';
import { EXCEPTIONS_HEADER, exceptionCsv } from './records/exceptions-csv.ts';
import { type GatewayRequest, gatewayLog, gatewayLogOfStream } from './records/gateway-logs.ts';
import {
  type InsightsItem,
  type InsightsTable,
  insightsRecordOfStream,
  insightsRow,
} from './records/insights.ts';
import { type Completion, llmLogs } from './records/llm-log.ts';
import { type McpMessage, mcpLog, mcpLogOfStream } from './records/mcp-log.ts';
import { otlpEnvelope } from './records/otlp-spans.ts';

/** Knows which record goes into which file, in which shape. */
export class Telemetry {
  readonly #gateway: ReadonlyMap<string, RecordFile>;
  readonly #gatewayCopies: RecordFile;
  readonly #mcp: ReadonlyMap<string, RecordFile>;
  readonly #llm: RecordFile;
  readonly #insights: ReadonlyMap<InsightsTable, RecordFile>;
  readonly #insightsStreams: ReadonlyMap<string, RecordFile>;
  readonly #exceptions: RecordFile;
  readonly #late: RecordFile;
  readonly #lateGateway: ReadonlyMap<string, RecordFile>;
  readonly #spans: ReadonlyMap<string, RecordFile>;
  readonly identities: Readonly<Record<'principals' | 'managed' | 'users', RecordFile>>;

  constructor(files: RecordFiles, faults: Faults) {
    const perGateway = (folder: string) =>
      new Map(
        GATEWAYS.map(({ name, logsTo }) => [
          name,
          logsTo === 'log_analytics'
            ? files.open(`telemetry/${folder}/${name}.ndjson`)
            : files.open(`telemetry/${folder}/${name}.eventhub.ndjson`, EVENT_HUBS_ENVELOPE),
        ]),
      );
    const perServer = (reportsBy: Server['reportsBy'], open: (server: Server) => RecordFile) =>
      new Map(
        SERVERS.filter((server) => server.reportsBy === reportsBy).map((server) => [
          server.id,
          open(server),
        ]),
      );
    const insights = (name: string) => files.open(`telemetry/appinsights/${name}.ndjson`);

    this.#gateway = perGateway('gateway');
    this.#gatewayCopies = files.open(
      `telemetry/gateway/${WEST.name}.copy.eventhub.json`,
      EVENT_HUBS_ENVELOPE,
    );
    this.#mcp = perGateway('mcp');
    this.#llm = files.open(`telemetry/llm/${WEST.name}.ndjson`);
    this.#insights = new Map<InsightsTable, RecordFile>([
      ['AppRequests', insights('app_requests')],
      ['AppDependencies', insights('app_dependencies')],
      ['AppTraces', insights('app_traces')],
      ['AppEvents', insights('app_events')],
    ]);
    this.#insightsStreams = perServer('insights_stream', ({ id }) =>
      files.open(`telemetry/appinsights/${id}.eventhub.json`, EVENT_HUBS_ENVELOPE),
    );
    this.#exceptions = files.open('telemetry/appinsights/app_exceptions.csv.gz');
    this.#exceptions.addLine(EXCEPTIONS_HEADER);
    this.#late = files.open('telemetry/late/app_requests.ndjson');
    this.#lateGateway = faults.late_gateway > 0 ? perGateway('late/gateway') : new Map();
    this.#spans = perServer('otlp', (server) =>
      files.open(`telemetry/otlp/${server.id}.jsonl`, otlpEnvelope(server)),
    );
    this.identities = {
      principals: files.open(
        'telemetry/entra/service_principal_sign_ins.eventhub.json',
        EVENT_HUBS_ENVELOPE,
      ),
      managed: files.open('telemetry/entra/managed_identity_sign_ins.json.gz'),
      users: files.open('telemetry/entra/user_sign_ins.ndjson'),
    };
  }

  /** A gateway request; a doubled one also arrives by the other transport, in the other shape. */
  request(request: GatewayRequest, { isDoubled, isLate }: Delivery = {}): void {
    const file = fileOf(isLate ? this.#lateGateway : this.#gateway, request.gateway.name);
    if (request.gateway.logsTo === 'log_analytics') {
      file.add(gatewayLog(request));
      if (isDoubled) this.#gatewayCopies.add(gatewayLogOfStream(request));
      return;
    }
    file.add(gatewayLogOfStream(request));
    if (isDoubled) file.add(gatewayLogOfStream(request));
  }

  message(message: McpMessage): void {
    const { name, logsTo } = message.gateway;
    const record = logsTo === 'log_analytics' ? mcpLog(message) : mcpLogOfStream(message);
    fileOf(this.#mcp, name).add(record);
  }

  completion(completion: Completion): void {
    for (const row of llmLogs(completion)) this.#llm.add(row);
  }

  gatewayItem(item: InsightsItem): void {
    fileOf(this.#insights, item.table).add(insightsRow(item));
  }

  serverItem(server: Server, item: InsightsItem, delivery: Delivery = {}): void {
    if (server.reportsBy === 'insights_stream') {
      const file = fileOf(this.#insightsStreams, server.id);
      const record = insightsRecordOfStream(item);
      file.add(record);
      if (delivery.isDoubled) file.add(record);
      return;
    }
    if (item.table === 'AppExceptions') {
      this.#exceptions.addText(exceptionCsv(item));
      return;
    }
    const row = insightsRow(item);
    const file = delivery.isLate ? this.#late : fileOf(this.#insights, item.table);
    file.add(row);
    if (delivery.isDoubled) file.add(row);
  }

  span(server: Server, span: object, { isDoubled = false }: Delivery = {}): void {
    const file = fileOf(this.#spans, server.id);
    file.add(span);
    if (isDoubled) file.add(span);
  }

  /** Lines that no parser can use, as a broken pipe or a bug in an exporter leaves them. */
  brokenLines(lines: BrokenLines): void {
    for (const line of lines.gateway) fileOf(this.#gateway, WEST.name).addLine(line);
    for (const line of lines.insights) fileOf(this.#insights, 'AppRequests').addLine(line);
  }
}

export interface Delivery {
  readonly isDoubled?: boolean;
  readonly isLate?: boolean;
}

export interface BrokenLines {
  readonly gateway: readonly string[];
  readonly insights: readonly string[];
}

function fileOf<Key>(files: ReadonlyMap<Key, RecordFile>, key: Key): RecordFile {
  const file = files.get(key);
  if (!file) throw new Error(`no file was opened for ${String(key)}`);
  return file;
}
