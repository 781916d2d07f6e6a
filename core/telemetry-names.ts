/** What attributes say; docs/telemetry.md lists the same. */
export const ATTRIBUTES = {
  command: 'mcp_witness.command',
  exitCode: 'process.exit.code',
  errorType: 'error.type',
  interrupted: 'mcp_witness.interrupted',
  stage: 'mcp_witness.stage.name',
  step: 'mcp_witness.step',
  sourceKind: 'mcp_witness.source.kind',
  sourceName: 'mcp_witness.source.name',
  partition: 'messaging.destination.partition.id',
  delivery: 'mcp_witness.event.delivery',
  disposition: 'mcp_witness.record.disposition',
  received: 'mcp_witness.records.received',
  stored: 'mcp_witness.records.stored',
  duplicate: 'mcp_witness.records.duplicate',
  rejected: 'mcp_witness.records.rejected',
  excluded: 'mcp_witness.records.excluded',
  gaps: 'mcp_witness.gaps',
  match: 'mcp_witness.call.match',
  calls: 'mcp_witness.calls.total',
  revisedCalls: 'mcp_witness.calls.revised',
  newEvents: 'mcp_witness.events.new',
  reopenedEvents: 'mcp_witness.events.reopened',
  isRebuild: 'mcp_witness.rebuild',
  verdict: 'mcp_witness.verdict.state',
  verdicts: 'mcp_witness.verdicts',
  reportKind: 'mcp_witness.report.kind',
} as const;

export type AttributeName = keyof typeof ATTRIBUTES;

export interface MetricShape {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'age';
  /** As UCUM writes it. */
  readonly unit: string;
  readonly meaning: string;
  readonly attributes: readonly AttributeName[];
}

const SOURCE = ['sourceKind', 'sourceName'] as const;

export const METRICS = {
  records: {
    name: 'mcp_witness.ingest.records',
    kind: 'counter',
    unit: '{record}',
    meaning: 'records that were committed, by what became of them',
    attributes: [...SOURCE, 'disposition'],
  },
  events: {
    name: 'mcp_witness.ingest.events',
    kind: 'counter',
    unit: '{event}',
    meaning: 'events that an event hub delivered, the first time or again',
    attributes: ['sourceName', 'partition', 'delivery'],
  },
  lag: {
    name: 'mcp_witness.ingest.lag',
    kind: 'gauge',
    unit: '{event}',
    meaning:
      'events of a partition that were there when the hub was asked last, and are not read yet',
    attributes: ['sourceName', 'partition'],
  },
  gaps: {
    name: 'mcp_witness.ingest.gaps',
    kind: 'counter',
    unit: '{gap}',
    meaning: 'gaps that were found in the sequence numbers of an event hub',
    attributes: ['sourceName'],
  },
  age: {
    name: 'mcp_witness.ingest.age',
    kind: 'age',
    unit: 's',
    meaning:
      'time since a source was last read to its end, since an event hub last brought something that was committed, or since it was first tried',
    attributes: [...SOURCE],
  },
  commitDuration: {
    name: 'mcp_witness.ingest.commit.duration',
    kind: 'histogram',
    unit: 's',
    meaning: 'time that the commit of a batch took, waiting for the database file included',
    attributes: [...SOURCE, 'errorType'],
  },
  stageDuration: {
    name: 'mcp_witness.stage.duration',
    kind: 'histogram',
    unit: 's',
    meaning: 'time that a stage took: `ingest` of one source, `correlate`, `judge`, `report`',
    attributes: ['stage', ...SOURCE, 'errorType'],
  },
  calls: {
    name: 'mcp_witness.correlate.calls',
    kind: 'gauge',
    unit: '{call}',
    meaning: 'tool calls in the database: `matched`, `gateway_only`, `server_only`',
    attributes: ['match'],
  },
  revisedCalls: {
    name: 'mcp_witness.correlate.revised_calls',
    kind: 'counter',
    unit: '{call}',
    meaning: 'published calls that late evidence has changed',
    attributes: [],
  },
  reopenedEvents: {
    name: 'mcp_witness.correlate.reopened_events',
    kind: 'counter',
    unit: '{event}',
    meaning: 'events that correlation looked at',
    attributes: [],
  },
  verdicts: {
    name: 'mcp_witness.slo.verdicts',
    kind: 'gauge',
    unit: '{verdict}',
    meaning: 'objectives and controls by the state they were judged to be in last',
    attributes: ['verdict'],
  },
} as const satisfies Readonly<Record<string, MetricShape>>;

export type MetricName = keyof typeof METRICS;

export interface SpanShape {
  /** With the values of attributes in braces; none of them has many values. */
  readonly name: string;
  readonly meaning: string;
  readonly attributes: readonly AttributeName[];
  /** A trace of its own, linked to the one around it. */
  readonly isRoot?: boolean;
  /** What its time is recorded as. */
  readonly duration?: MetricName;
  /** What is reset when it ends well. */
  readonly age?: MetricName;
}

const TALLY = ['received', 'stored', 'duplicate', 'rejected', 'excluded'] as const;

/** Of a span that failed, and of one that a signal cut short. */
export const ON_EVERY_SPAN = ['errorType', 'interrupted'] as const;

export const SPANS = {
  command: {
    name: 'mcp-witness {command}',
    meaning: 'one command line',
    attributes: ['command', 'exitCode'],
  },
  turn: {
    name: 'watch turn',
    meaning:
      'one look of `run --watch` at all sources, or one at what was stored; a trace of its own, linked to the command',
    attributes: [],
    isRoot: true,
  },
  ingest: {
    name: 'ingest {sourceKind}',
    meaning: 'reading one source to its end; in a watch, one stay at an event hub',
    attributes: [...SOURCE, ...TALLY, 'gaps'],
    duration: 'stageDuration',
    age: 'age',
  },
  commit: {
    name: 'ingest commit',
    meaning: 'storing one batch, with its books and checkpoints',
    attributes: TALLY,
    duration: 'commitDuration',
  },
  correlate: {
    name: 'correlate',
    meaning: 'making calls of what is stored',
    attributes: ['calls', 'revisedCalls', 'newEvents', 'reopenedEvents', 'isRebuild'],
    duration: 'stageDuration',
  },
  step: {
    name: 'correlate {step}',
    meaning: 'one step of it, named like its file in `correlate/`',
    attributes: ['step'],
  },
  judge: {
    name: 'judge',
    meaning: 'judging every objective and control',
    attributes: ['verdicts'],
    duration: 'stageDuration',
  },
  report: {
    name: 'report',
    meaning: 'writing a report',
    attributes: ['reportKind'],
    duration: 'stageDuration',
  },
} as const satisfies Readonly<Record<string, SpanShape>>;

export type SpanName = keyof typeof SPANS;
