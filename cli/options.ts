import { type Command, Option } from 'commander';
import { UserError } from '../core/errors.ts';
import { parseDuration } from '../core/window.ts';

/** Options that many commands share, as they were typed. */
export interface CommonOptions {
  readonly config?: string;
  readonly db?: string;
}

export interface WindowOptions {
  readonly from?: string;
  readonly to?: string;
  readonly since?: string;
}

export interface FormatOptions {
  readonly format: string;
  readonly wide?: boolean;
}

export interface ListingOptions extends CommonOptions, WindowOptions, FormatOptions {}

/** Which config and which database. */
export function withStore(command: Command): Command {
  return command
    .option('--config <file>', 'config file (default: ./mcp-witness.yaml if it is there)')
    .option('--db <file>', 'DuckDB file (default: $MCP_WITNESS_DB, the config, ./witness.duckdb)');
}

/** Which time, half-open: from <= t < to. */
export function withWindow(command: Command): Command {
  return command
    .option('--from <time>', "start, inclusive: '2026-11-01', '2026-11-01T10:00:00Z', 'now-24h'")
    .option('--to <time>', 'end, exclusive (default: the end of the evidence)')
    .option('--since <duration>', "how far back from the end: '24h', '30d'");
}

/** Refuses a start of windows, which definitions give their length; `fix` says what there is instead. */
export function withoutStart(command: Command, fix: string): Command {
  for (const flags of ['--from <time>', '--since <duration>']) {
    const option = new Option(flags).hideHelp().argParser(() => {
      throw new UserError(
        'usage_invalid',
        `${option.long} says nothing of verdicts: each objective has the window that its definition gives it.`,
        fix,
      );
    });
    command.addOption(option);
  }
  return command;
}

/** How a listing is printed. */
export function withFormat(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'table, json, ndjson, csv or md').default('table'))
    .option('--wide', 'in a table, all columns; the other formats always have them');
}

/** Everything a listing takes. */
export function withListing(command: Command): Command {
  return withFormat(withWindow(withStore(command)));
}

/** Command lines to copy from the help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((each) => `  mcp-witness ${each}`);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

/** Reads a whole number of at least `least`. */
export function wholeNumber(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UserError(
      'usage_invalid',
      `${name} cannot be '${text}'.`,
      `Write a whole number, ${least} or more.`,
    );
  };
}

/** Reads how long something lasts, in milliseconds; nothing lasts no time at all. */
export function lasting(name: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms > 0) return ms;
    throw new UserError(
      'usage_invalid',
      `${name} cannot be '${text}', which is no time at all.`,
      "Write a number above 0 and a unit, such as '30s', '24h' or '7d'.",
    );
  };
}

/** Refuses options that would be passed over in silence; why, after the option's name. */
export function refuseGiven(
  command: Command,
  names: readonly string[],
  why: string,
  fix: string,
): void {
  const given = names.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given !== undefined) throw new UserError('usage_invalid', `--${given} ${why}.`, fix);
}
