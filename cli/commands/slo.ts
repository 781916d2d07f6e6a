import { Command } from 'commander';
import type { Listing } from '../../reports/listing.ts';
import type { SloDefinitions } from '../../slo/definition.ts';
import type { Judgement } from '../../slo/judgement.ts';
import type { Row } from '../../store/values.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, judge } from '../judging.ts';
import { readConfig, readStore } from '../open.ts';
import {
  type CommonOptions,
  type ListingOptions,
  withExamples,
  withFormat,
  withStore,
} from '../options.ts';
import { ensureFormat, printListing, withBasis } from '../print.ts';
import { windowOf } from '../window.ts';
import { compareCommand } from './slo-compare.ts';

interface Options extends ListingOptions {
  readonly honorWaivers?: boolean;
}

/** `slo`: verdicts on objectives and controls. */
export function sloCommand(io: Io): Command {
  return new Command('slo')
    .description('Objectives and zero controls')
    .addCommand(reportCommand(io))
    .addCommand(compareCommand(io))
    .addCommand(validateCommand(io));
}

function reportCommand(io: Io): Command {
  const command = withFormat(withStore(new Command('report')))
    .description('Judge every objective and control; the exit code is a gate (0, 5 or 6)')
    .option('--to <time>', 'the end of all windows (default: the end of the evidence)')
    .option('--honor-waivers', 'let pass what a waiver in force covers')
    .action(async (options: Options) => {
      await ensureFormat(options);
      await readStore(options, io, async (store, config) => {
        const window = await windowOf(store, options, io);
        const judgements = await judge(
          store,
          await definitionsOf(config, io),
          new Date(window.to),
          options.honorWaivers,
        );
        const listing = { ...(await listingOf(judgements, options.format)), window };
        await printListing(await withBasis(store, listing, options), options, io);
        if (options.format === 'table') {
          const { verdictReasons } = await import('../../reports/verdicts.ts');
          io.out(`\n${verdictReasons(judgements)}`);
        }
        io.exitCode = await gateOf(judgements);
      });
    });
  return withExamples(
    command,
    'slo report',
    'slo report --to 2026-11-21 --format json',
    'slo report > verdicts.txt || echo "exit $?: 5 not verified, 6 breached"',
  );
}

/** JSON has every number of a verdict, nested; the flat formats have a row of the main ones. */
async function listingOf(judgements: readonly Judgement[], format: string): Promise<Listing> {
  const { verdictListing } = await import('../../reports/verdicts.ts');
  if (format !== 'json' && format !== 'ndjson') return verdictListing(judgements);
  const { inferColumns } = await import('../../reports/listing.ts');
  const rows = judgements.map((each) => each as unknown as Row);
  return { columns: inferColumns(rows), rows };
}

function validateCommand(io: Io): Command {
  return new Command('validate')
    .description('Check OpenSLO files: structure, references, and every field against the tables')
    .argument(
      '[files...]',
      'OpenSLO v1 YAML (default: those of the config, else the starting targets)',
    )
    .option('--config <file>', 'config file (default: ./mcp-witness.yaml if it is there)')
    .option('--format <name>', 'list them, in this format: table, json, ndjson, csv or md')
    .action(async (files: string[], options: ValidateOptions) => {
      const { format } = options;
      if (format !== undefined) await ensureFormat({ format });
      const config = await readConfig(options);
      const definitions = await definitionsOf(
        files.length > 0 ? { ...config, slos: files } : config,
        io,
      );
      const { checkDefinitions } = await import('../../slo/judge.ts');
      const { Store } = await import('../../store/store.ts');
      using store = await Store.inMemory();
      await checkDefinitions(store, definitions);
      if (format === undefined) io.out(`${definitions.definitions.length} definitions are valid\n`);
      else await printListing(await definitionListing(definitions), { format }, io);
    });
}

interface ValidateOptions extends CommonOptions {
  readonly format?: string;
}

async function definitionListing({ definitions }: SloDefinitions): Promise<Listing> {
  const { inferColumns } = await import('../../reports/listing.ts');
  const rows = definitions.map(({ kind, slo, service, source, windowText: window, place }) => ({
    kind,
    slo,
    service,
    source,
    window,
    file: place.file,
  }));
  return { columns: inferColumns(rows), rows };
}
