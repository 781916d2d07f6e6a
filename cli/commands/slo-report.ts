import { Command, Option } from 'commander';
import type { TimeWindow } from '../../core/window.ts';
import type { Listing } from '../../reports/listing.ts';
import type { Judgement } from '../../slo/judgement.ts';
import type { Store } from '../../store/store.ts';
import type { Row } from '../../store/values.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, judge } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { readStore } from '../open.ts';
import { type ListingOptions, withExamples, withoutStart, withStore } from '../options.ts';
import { ensureFormat, printListing, withBasis } from '../print.ts';
import { judgedWindowOf } from '../window.ts';
import { byOption, columnOf, saySlices } from './slo-by.ts';

interface Options extends ListingOptions {
  readonly honorWaivers?: boolean;
  readonly by?: string;
  readonly allowRetroactive?: boolean;
}

/** Formats of whole verdicts, beside those that every listing has: by the extension of their files. */
const VERDICT_FORMATS: Readonly<Record<string, string>> = {
  junit: '.xml',
  html: '.html',
  sarif: '.sarif',
  openmetrics: '.prom',
};

const FORMATS = `table, json, ndjson, csv, md, ${Object.keys(VERDICT_FORMATS).join(', ')}`;

/** `slo report`: every verdict, with what it rests on. */
export function sloReportCommand(io: Io): Command {
  const command = withStore(new Command('report'))
    .description('Judge every objective and control; the exit code is a gate (0, 5 or 6)')
    .addOption(new Option('--format <name>', FORMATS).default('table'))
    .option('--wide', 'in a table, all columns; the other formats always have them')
    .option('--to <time>', 'the end of all windows (default: the end of the evidence)')
    .option('--honor-waivers', 'let pass what a waiver in force covers')
    .addOption(byOption())
    .option('--allow-retroactive', 'maintenance that was declared after it had begun counts too')
    .action((options: Options) => report(options, io));
  withoutStart(
    command,
    "Say with --to where the windows end ('2026-11-21', '2026-11-21T10:00:00Z', 'now-24h'); 'mcp-witness slo events NAME --lookback 24h' shows the rows of less.",
  );
  return withExamples(
    command,
    'slo report',
    'slo report --to 2026-11-21 --format json',
    'slo report --by agent',
    'slo report --format junit > verdicts.xml || echo "exit $?: 5 not verified, 6 breached"',
    'slo report --format sarif > findings.sarif',
  );
}

async function report(options: Options, io: Io): Promise<void> {
  const { format, honorWaivers = false, allowRetroactive = false } = options;
  const isListing = !Object.hasOwn(VERDICT_FORMATS, format);
  if (isListing) await ensureFormat(options);
  await readStore(options, io, async (store, config) => {
    const window = await judgedWindowOf(store, options, io);
    const definitions = await definitionsOf(config, io);
    if (options.by !== undefined) saySlices(definitions, 'groups have rows and no state', io);
    const judgements = await judge(store, definitions, new Date(window.to), io, {
      honorsWaivers: honorWaivers,
      allowRetroactive,
      by: columnOf(options.by),
      details: true,
    });
    if (isListing) await print(store, judgements, window, options, io);
    else io.out(await renderedAs(format, store, judgements, window, io));
    io.exitCode = await gateOf(judgements);
  });
}

async function print(
  store: Store,
  judgements: readonly Judgement[],
  window: TimeWindow,
  options: Options,
  io: Io,
): Promise<void> {
  const listing = { ...(await listingOf(judgements, options)), window };
  await printListing(await withBasis(store, listing, options), options, io);
  if (options.format !== 'table') return;
  const { verdictReasons } = await import('../../reports/verdicts.ts');
  io.out(`\n${verdictReasons(judgements)}`);
  if (options.by === undefined) return;
  io.out('\n');
  await printListing(await breakdownOf(judgements), options, io);
}

async function breakdownOf(judgements: readonly Judgement[]): Promise<Listing> {
  const { breakdownListing } = await import('../../reports/breakdown.ts');
  return breakdownListing(judgements);
}

/** JSON has every number of a verdict, nested; the flat formats have a row of the main ones. */
async function listingOf(
  judgements: readonly Judgement[],
  { format, by }: Options,
): Promise<Listing> {
  if (by !== undefined && (format === 'csv' || format === 'md')) return breakdownOf(judgements);
  const { verdictListing } = await import('../../reports/verdicts.ts');
  if (format !== 'json' && format !== 'ndjson') return verdictListing(judgements);
  const { inferColumns } = await import('../../reports/listing.ts');
  const rows = judgements.map((each) => each as unknown as Row);
  return { columns: inferColumns(rows), rows };
}

async function renderedAs(
  format: string,
  store: Store,
  judgements: readonly Judgement[],
  window: TimeWindow,
  io: Io,
): Promise<string> {
  const { renderByExtension } = await import('../../reports/files/by-extension.ts');
  const { buildReport } = await import('../../reports/report.ts');
  const about = { kind: 'slo', window, toolVersion: toolVersion() } as const;
  // The same evidence gives the same bytes: what holds verdicts alone is dated by their window.
  const input =
    format === 'html'
      ? await buildReport(store, judgements, { ...about, generatedAt: io.now().toISOString() })
      : { ...about, generatedAt: window.to, answers: {}, judgements };
  return renderByExtension(`verdicts${VERDICT_FORMATS[format]}`, input);
}
