import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { messageOf, UserError } from '../core/errors.ts';
import { tellNotices } from '../core/notices.ts';
import { endCommand } from '../core/own-telemetry.ts';
import { packagePath } from '../core/package-root.ts';
import { correlateCommand } from './commands/correlate.ts';
import { costCommand } from './commands/cost.ts';
import { coverageCommand } from './commands/coverage.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { ingestCommand } from './commands/ingest.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pivotCommand } from './commands/pivot.ts';
import { queryCommand } from './commands/query.ts';
import { readinessCommand } from './commands/readiness.ts';
import { reportCommand } from './commands/report.ts';
import { retentionCommand } from './commands/retention.ts';
import { runCommand } from './commands/run.ts';
import { simulateCommand } from './commands/simulate.ts';
import { sloCommand } from './commands/slo.ts';
import { timelineCommand } from './commands/timeline.ts';
import { EXIT_CODE_OF, ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

const COMMANDS = [
  demoCommand,
  simulateCommand,
  doctorCommand,
  ingestCommand,
  correlateCommand,
  runCommand,
  coverageCommand,
  timelineCommand,
  pivotCommand,
  sloCommand,
  readinessCommand,
  costCommand,
  queryCommand,
  reportCommand,
  exportCommand,
  retentionCommand,
  migrateCommand,
] as const;

const AFTER_HELP = `
Start here:  mcp-witness demo
Exit codes:  0 ok, 1 unexpected error, 2 wrong usage, config or definition, 3 no access,
             4 not reachable, 5 not verified, 6 breached, 8 partly collected, 130 interrupted`;

/** Runs one command line and returns its exit code; only bin.ts touches process. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  tellNotices((text) => io.err(`note: ${text}\n`));
  const program = new Command('mcp-witness')
    .description(
      'One explainable row per MCP tool call, from what the gateway and the server logged',
    )
    .version(toolVersion(), '-V, --version')
    .addHelpText('after', AFTER_HELP);
  for (const make of COMMANDS) program.addCommand(make(io));
  program.hook('preAction', (_, command) => watchOver(command, io));
  settle(program, program.name(), io);
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
    endCommand(io.exitCode);
    return io.exitCode;
  } catch (error) {
    const code = report(error, io);
    endCommand(code, error);
    return code;
  }
}

/** Tells what the command does to whoever wants to know; loads nothing where nobody does. */
async function watchOver(command: Command, io: Io): Promise<void> {
  const { exportSettings, isSdkRegistered } = await import('./telemetry/wanted.ts');
  const version = toolVersion();
  const settings = exportSettings(io.env, version);
  if (settings === undefined && !isSdkRegistered()) return;
  const { startTelemetry } = await import('./telemetry/start.ts');
  await startTelemetry({ command: pathOf(command), version, settings }, io);
}

/** As it is typed: 'ingest files'. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** addCommand() does not hand these settings down. */
function settle(command: Command, path: string, io: Io): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError(`  fix: '${path} --help' shows what there is.`);
  for (const child of command.commands) settle(child, `${path} ${child.name()}`, io);
}

/** The version in package.json. */
export function toolVersion(): string {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

const NO_ROOM =
  /no space left on device|file too large|disk quota exceeded|\b(?:ENOSPC|EFBIG|EDQUOT)\b/i;

/** That the system has no room for what is written, which it says in its own words or the engine's; undefined: it did not. */
function noRoom(cause: unknown): UserError | undefined {
  const sentences = messageOf(cause).split(/\n|(?<=\.)\s+/);
  const said = sentences.find((sentence) => NO_ROOM.test(sentence));
  if (said === undefined) return undefined;
  return new UserError(
    'output_refused',
    `There is no room for what is written: ${said}`,
    'Make room, and repeat the command: what was committed is kept, and nothing is stored twice.',
    { cause },
  );
}

function report(error: unknown, io: Io): number {
  // Commander has printed it; of a group without a command it printed the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.invalid;
  const told = error instanceof UserError ? error : noRoom(error);
  if (told !== undefined) {
    io.err(`error: ${told.message}\n  fix: ${told.fix}\n`);
    return EXIT_CODE_OF[told.code];
  }
  io.err(`bug: ${inspect(error)}\n  fix: Please report this, with the command line.\n`);
  return ExitCode.unexpected;
}
