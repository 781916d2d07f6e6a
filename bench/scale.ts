import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { grownShards, grownWorkers } from './scale/growth.ts';

/**
 * The arithmetic of docs/scale.md: what so many calls a day need. Its output is in the page, and a test keeps the two equal.
 * Change a number here, run it, and put what it prints there.
 */

/** Measured by us; how is said in docs/scale.md. */
export const MEASURED = {
  /** JSON of one gateway record and one server record: all the evidence that a call needs. */
  rawBytes: 2_703,
  recordsPerCall: 2,
  /** Bytes a call, by table: the DuckDB file, the same columns in Parquet with zstd, ClickHouse after its merges. */
  tables: [
    { table: 'events', rows: 2, duckDb: 163, parquet: 159, clickHouse: 254 },
    { table: 'correlated_calls', rows: 1, duckDb: 166, parquet: 164, clickHouse: 176 },
    { table: 'auth_attempts', rows: 1, duckDb: 44, parquet: 41, clickHouse: 44 },
    { table: 'call_aliases', rows: 1, duckDb: 35, parquet: 32, clickHouse: 39 },
    { table: 'kept for the next correlation', rows: 3, duckDb: 68, parquet: 62, clickHouse: 94 },
    { table: 'all else, and free blocks', rows: 0.05, duckDb: 11, parquet: 3, clickHouse: 3 },
  ],
  /** On one processor: 11.7 s for 200,000 records, 12.1 s for 100,000 calls. */
  recordsPerCpuSecond: 17_000,
  callsPerCpuSecond: 8_200,
} as const;

/** Published by Azure of a throughput unit of Event Hubs: MB a second in; a namespace of the standard tier has at most so many. */
const UNIT_MB_IN = 1;
const UNITS_OF_NAMESPACE = 40;
const PARTITIONS_OF_HUB = 32;

/** Ours to choose. */
const CHOSEN = {
  /** The busiest hour against the mean. */
  peak: 2.5,
  /** So much of a processor is planned for. */
  load: 0.6,
  workerCpus: 2,
  serverCpus: 16,
  replicas: 2,
  keptDays: 30,
  /** So full a disk may get: merges and new generations need room. */
  diskFill: 0.6,
  serverDiskTb: 8,
  /** Late evidence re-opens so many days each time. */
  reopenedDays: 1,
  correlationsPerDay: 24,
} as const;

/** Not ours, and not looked up: put the prices of your contract here. USD a month. */
const PRICES = { throughputUnit: 22, workerCpu: 35, serverCpu: 45, diskTb: 80 } as const;

const DAY_S = 86_400;

export interface Plan {
  readonly callsPerDay: number;
  readonly peakCalls: number;
  readonly peakMb: number;
  readonly units: number;
  readonly namespaces: number;
  readonly workers: number;
  readonly storedTb: number;
  readonly correlateCpus: number;
  readonly shards: number;
  readonly rawTbPerDay: number;
  readonly usd: number;
}

const sumOf = (engine: 'duckDb' | 'parquet' | 'clickHouse'): number =>
  MEASURED.tables.reduce((sum, table) => sum + table[engine], 0);

/** What so many calls a day need, on ClickHouse. */
export function planFor(callsPerDay: number): Plan {
  const peakCalls = (callsPerDay / DAY_S) * CHOSEN.peak;
  const peakMb = (peakCalls * MEASURED.rawBytes) / 1e6;
  const units = Math.ceil(peakMb / UNIT_MB_IN);
  const recordsPerCpu = MEASURED.recordsPerCpuSecond * CHOSEN.load;
  const workers = Math.ceil(
    (peakCalls * MEASURED.recordsPerCall) / recordsPerCpu / CHOSEN.workerCpus,
  );
  const storedTb = (callsPerDay * CHOSEN.keptDays * sumOf('clickHouse')) / 1e12;
  // Each time the days that are re-opened are made anew, and must be done before the next time.
  const callsEachTime = callsPerDay * CHOSEN.reopenedDays;
  const correlateCpus = Math.ceil(
    (callsEachTime * CHOSEN.correlationsPerDay) /
      DAY_S /
      (MEASURED.callsPerCpuSecond * CHOSEN.load),
  );
  const byDisk = storedTb / (CHOSEN.serverDiskTb * CHOSEN.diskFill);
  const shards = Math.ceil(Math.max(byDisk, correlateCpus / CHOSEN.serverCpus));
  const servers = shards * CHOSEN.replicas;
  const usd =
    units * PRICES.throughputUnit +
    workers * CHOSEN.workerCpus * PRICES.workerCpu +
    servers * (CHOSEN.serverCpus * PRICES.serverCpu + CHOSEN.serverDiskTb * PRICES.diskTb);
  return {
    callsPerDay,
    peakCalls,
    peakMb,
    units,
    namespaces: Math.ceil(units / UNITS_OF_NAMESPACE),
    workers,
    storedTb,
    correlateCpus,
    shards,
    rawTbPerDay: (callsPerDay * MEASURED.rawBytes) / 1e12,
    usd,
  };
}

/** Up to how many calls a day one of each carries, the first to break first. */
export function limits(): readonly { readonly what: string; readonly callsPerDay: number }[] {
  const ofPeak = (callsPerSecond: number): number => (callsPerSecond / CHOSEN.peak) * DAY_S;
  const perUnit = 1e6 / MEASURED.rawBytes;
  const worker = MEASURED.recordsPerCpuSecond * CHOSEN.load * CHOSEN.workerCpus;
  const rebuild = MEASURED.callsPerCpuSecond * CHOSEN.load * CHOSEN.serverCpus * 3_600;
  const disk = CHOSEN.serverDiskTb * 1e12 * CHOSEN.diskFill;
  return [
    { what: 'one throughput unit', callsPerDay: ofPeak(perUnit) },
    {
      what: `one server that makes all ${CHOSEN.keptDays} days anew within an hour, as a rebuild does`,
      callsPerDay: rebuild / CHOSEN.keptDays,
    },
    {
      what: `one server of ${CHOSEN.serverCpus} processors that makes ${CHOSEN.reopenedDays} day anew each hour`,
      callsPerDay: rebuild / CHOSEN.reopenedDays,
    },
    {
      what: `a DuckDB file of 1 TB, ${CHOSEN.keptDays} days`,
      callsPerDay: 1e12 / sumOf('duckDb') / CHOSEN.keptDays,
    },
    {
      what: `one server's disk of ${CHOSEN.serverDiskTb} TB, ${CHOSEN.keptDays} days`,
      callsPerDay: disk / sumOf('clickHouse') / CHOSEN.keptDays,
    },
    {
      what: `one standard namespace, ${UNITS_OF_NAMESPACE} units`,
      callsPerDay: ofPeak(perUnit * UNITS_OF_NAMESPACE),
    },
    {
      what: `one worker of ${CHOSEN.workerCpus} processors`,
      callsPerDay: ofPeak(worker / MEASURED.recordsPerCall),
    },
    {
      what: `one hub: ${PARTITIONS_OF_HUB} partitions, one worker each`,
      callsPerDay: ofPeak((worker * PARTITIONS_OF_HUB) / MEASURED.recordsPerCall),
    },
  ].sort((a, b) => a.callsPerDay - b.callsPerDay);
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Three digits are more than any of it is worth. */
const rough = (value: number): string =>
  value < 1_000 ? number(value, value < 10 ? 1 : 0) : number(Number(value.toPrecision(3)));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${head.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** What docs/scale.md holds. */
export function scaleText(): string {
  const weights = MEASURED.tables.map((each) => [
    each.table,
    String(each.rows),
    String(each.duckDb),
    String(each.parquet),
    String(each.clickHouse),
  ]);
  const total = [
    '**all**',
    '',
    ...(['duckDb', 'parquet', 'clickHouse'] as const).map((each) => `**${number(sumOf(each))}**`),
  ];
  const plans = [1e6, 1e8, 1e9, 1e10].map(planFor);
  const row = (name: string, of: (plan: Plan) => string): string[] => [name, ...plans.map(of)];
  return [
    table(['bytes a call', 'rows', 'DuckDB', 'Parquet', 'ClickHouse'], [...weights, total]),
    table(
      ['calls a day', ...plans.map(({ callsPerDay }) => number(callsPerDay))],
      [
        row('calls a second, at the peak', ({ peakCalls }) => rough(peakCalls)),
        row('MB a second of records, at the peak', ({ peakMb }) => rough(peakMb)),
        row('throughput units of Event Hubs', ({ units }) => number(units)),
        row(`namespaces of ${UNITS_OF_NAMESPACE} units`, ({ namespaces }) => number(namespaces)),
        row('TB of records a day, in the stream', ({ rawTbPerDay }) => rough(rawTbPerDay)),
        row(`workers of ${CHOSEN.workerCpus} processors`, ({ workers }) => number(workers)),
        row(`TB in ClickHouse, ${CHOSEN.keptDays} days, one copy`, ({ storedTb }) =>
          rough(storedTb),
        ),
        row('processors for correlation', ({ correlateCpus }) => number(correlateCpus)),
        row(
          `shards of ${CHOSEN.serverCpus} processors and ${CHOSEN.serverDiskTb} TB`,
          ({ shards }) => number(shards),
        ),
        row(`servers, ${CHOSEN.replicas} copies`, ({ shards }) => number(shards * CHOSEN.replicas)),
        row('USD a month', ({ usd }) => rough(usd)),
        row('USD a million calls', ({ usd, callsPerDay }) =>
          number(usd / ((callsPerDay * 30) / 1e6), 2),
        ),
      ],
    ),
    table(
      ['what breaks first', 'calls a day'],
      limits().map(({ what, callsPerDay }) => [what, rough(callsPerDay)]),
    ),
    table(
      [
        'workers',
        'partitions of the fullest',
        'of the emptiest',
        'of the work that so many could do',
      ],
      grownWorkers(PARTITIONS_OF_HUB).map(({ workers, most, least, use }) => [
        number(workers),
        number(most),
        number(least),
        `${number(use * 100)} %`,
      ]),
    ),
    table(
      [
        'shards',
        'fullest shard against the mean',
        'sessions that move when one is added',
        'by remainder instead',
      ],
      grownShards().map(({ shards, fullest, moved, movedByRemainder }) => [
        number(shards),
        number(fullest, 3),
        `${number(moved * 100, 1)} %`,
        `${number(movedByRemainder * 100, 1)} %`,
      ]),
    ),
  ].join('\n\n');
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  console.log(scaleText());
}
