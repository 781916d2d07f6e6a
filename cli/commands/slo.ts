import { Command } from 'commander';
import type { Judgement } from '../../slo/judgement.ts';
import type { Row } from '../../store/values.ts';
import type { Io } from '../io.ts';
import { definitionsOf, gateOf, judge } from '../judging.ts';
import { openToRead, readConfig, windowOf } from '../open.ts';
import { type CommonOptions, type ListingOptions, withFormat, withStore } from '../options.ts';
import { basisOf, ensureFormat, printListing } from '../print.ts';

/** `slo`: verdicts on objectives and controls. */
export function sloCommand(io: Io): Command {
  const report = withFormat(withStore(new Command('report')))
    .description('Judge every objective and control; the exit code is a gate (0, 5 or 6)')
    .option('--to <time>', 'the end of all windows (default: the end of the evidence)')
    .action(async (options: ListingOptions) => {
      await ensureFormat(options.format);
      const { store, config } = await openToRead(options, io);
      using _ = store;
      const window = await windowOf(store, options, io);
      const judgements = await judge(store, config, new Date(window.to), io);
      const rows =
        options.format === 'json' || options.format === 'ndjson'
          ? judgements.map((each) => each as unknown as Row)
          : judgements.map(summaryRow);
      const columns = Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'varchar' }));
      await printListing(
        { columns, rows, window, coverage: await basisOf(store, window) },
        options.format,
        io,
      );
      if (options.format === 'table') for (const each of judgements) explain(each, io);
      io.exitCode = await gateOf(judgements);
    });
  const validate = new Command('validate')
    .description('Check OpenSLO files: structure, references, and every field against the tables')
    .argument(
      '[files...]',
      'OpenSLO v1 YAML (default: those of the config, else the starting targets)',
    )
    .option('--config <file>', 'config file (default: ./mcp-witness.yaml if it is there)')
    .action(async (files: string[], options: CommonOptions) => {
      const config = await readConfig(options);
      const definitions = await definitionsOf(
        files.length > 0 ? { ...config, slos: files } : config,
        io,
      );
      const { checkDefinitions } = await import('../../slo/judge.ts');
      const { Store } = await import('../../store/store.ts');
      using store = await Store.inMemory();
      await checkDefinitions(store, definitions);
      io.out(`${definitions.definitions.length} definitions are valid\n`);
    });
  return new Command('slo')
    .description('Objectives and zero controls')
    .addCommand(report)
    .addCommand(validate);
}

function summaryRow(judgement: Judgement): Row {
  const { displayName, state, windowText } = judgement;
  if (judgement.kind === 'control') {
    const { population, violating, unobservable } = judgement;
    return {
      state,
      target: displayName,
      window: windowText,
      measured: `${violating} violating of ${population}, ${unobservable} unobservable`,
      budget_left: '-',
    };
  }
  const { goodText, targetText, budget, good, bad } = judgement;
  const n = Number(good.weight) + Number(bad.weight);
  return {
    state,
    target: displayName,
    window: windowText,
    measured: `${goodText ?? '-'} of ${n} good, target ${targetText}`,
    budget_left: budget ? `${(budget.remainingRatio * 100).toFixed(1)} %` : '-',
  };
}

/** The reason of what is not met, and the first subjects that violate. */
function explain(judgement: Judgement, io: Io): void {
  if (judgement.state === 'met') return;
  io.out(`\n${judgement.displayName}: ${judgement.state}\n  ${judgement.reason}\n`);
  if (judgement.kind !== 'control') return;
  for (const { finding, subject, explanation } of judgement.violations.slice(0, 5)) {
    io.out(`  - ${Object.values(subject).join(' ')}: ${finding}. ${explanation}\n`);
  }
  const more = judgement.violating - Math.min(5, judgement.violations.length);
  if (more > 0) io.out(`  - and ${more} more: --format json lists them\n`);
}
