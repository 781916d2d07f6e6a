import { Command, Option } from 'commander';
import type { Examined } from '../../doctor/examine.ts';
import { commandLine } from '../command-line.ts';
import { EXIT_CODE_OF, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { startingTargets } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { OLDEST_NODE } from '../node-version.ts';
import {
  type CommonOptions,
  type FormatOptions,
  lasting,
  withExamples,
  withStore,
} from '../options.ts';
import { ensureFormat, printListing } from '../print.ts';

interface Options extends CommonOptions, FormatOptions {
  readonly offline?: boolean;
  readonly timeout: number;
}

/** `doctor`: what keeps the evidence from being complete, and what mends it. Changes nothing. */
export function doctorCommand(io: Io): Command {
  const command = withStore(new Command('doctor'))
    .description('Check machine, config, database, evidence and Azure; say what mends each failure')
    .option('--offline', 'ask nothing of Azure')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for each answer')
        .argParser(lasting('--timeout'))
        .default(10_000, '10s'),
    )
    .addOption(new Option('--format <name>', 'table, json, ndjson, csv or md').default('table'))
    .action((options: Options) => doctor(options, io));
  return withExamples(
    command,
    'doctor',
    'doctor --config mcp-witness.yaml --offline',
    'doctor --format json',
  );
}

async function doctor(options: Options, io: Io): Promise<void> {
  await ensureFormat(options);
  const { CHECKS } = await import('../../doctor/checks.ts');
  const { examine } = await import('../../doctor/examine.ts');
  const { Patient } = await import('../../doctor/patient.ts');
  using patient = new Patient({
    configFile: options.config,
    database: options.db ?? (io.env['MCP_WITNESS_DB'] || undefined),
    env: io.env,
    now: io.now,
    self: io.self,
    node: io.node,
    version: toolVersion(),
    oldestNode: OLDEST_NODE,
    startingTargets: startingTargets(),
    commandLine: (text) => commandLine(io, text, options),
    isOffline: options.offline === true,
    limitMs: options.timeout,
  });
  const found = await examine(CHECKS, patient);
  await print(found, options, io);
  io.exitCode = exitCodeOf(found);
}

async function print(found: readonly Examined[], options: Options, io: Io): Promise<void> {
  // Names of telemetry and answers of services are in it.
  const { visible } = await import('../../reports/visible.ts');
  if (options.format === 'table') {
    const { examinedText } = await import('../../doctor/text.ts');
    return io.out(visible(examinedText(found), '\n'));
  }
  const { COLUMNS, rowsOf, BRIEF } = await import('../../doctor/listing.ts');
  const listing = { columns: COLUMNS, rows: rowsOf(found), brief: BRIEF };
  if (options.format !== 'md') return await printListing(listing, options, io);
  const { inBrief } = await import('../../reports/listing.ts');
  const { mendsMarkdown } = await import('../../doctor/markdown.ts');
  await printListing(inBrief(listing), options, io);
  io.out(visible(mendsMarkdown(found), '\n'));
}

/** What a command would have ended with that met the first of these: DESIGN's precedence. */
const PRECEDENCE = [ExitCode.invalid, ExitCode.authentication, ExitCode.network];

function exitCodeOf(found: readonly Examined[]): ExitCode {
  const codes = found.flatMap(({ state, code }) =>
    state === 'failed' && code !== undefined ? [EXIT_CODE_OF[code]] : [],
  );
  return PRECEDENCE.find((code) => codes.includes(code)) ?? codes[0] ?? ExitCode.ok;
}
