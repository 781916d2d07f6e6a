import { join } from 'node:path';
import { Command } from 'commander';
import type { Judgement } from '../../slo/judgement.ts';
import type { Io } from '../io.ts';
import { judge } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { openToWrite } from '../open.ts';
import { wholeNumber } from '../options.ts';
import { correlateInto, ingestSources, loadUserFiles } from '../pipeline.ts';
import { writeReport } from '../write-report.ts';

interface Options {
  readonly calls: number;
  readonly seed: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** `demo`: the whole pipeline on a simulated fleet. */
export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description(
      'Simulate a fleet, run the whole pipeline on it, write the report, say what to open',
    )
    .argument('[dir]', 'folder for everything it writes', 'witness-demo')
    .option('--calls <n>', 'how many tool calls', wholeNumber('--calls', 100), 20_000)
    .option('--seed <n>', 'another fleet', wholeNumber('--seed', 0), 1)
    .action(async (folder: string, options: Options) => {
      const to = new Date(Math.floor(io.now().getTime() / HOUR_MS) * HOUR_MS);
      await simulateFleet(folder, options, to, io);
      const config = join(folder, 'mcp-witness.yaml');
      const report = join(folder, 'report.html');
      const opened = await openToWrite({ config, db: join(folder, 'witness.duckdb') }, io);
      using store = opened.store;
      await ingestSources(store, opened.config, io);
      await loadUserFiles(store, opened.config);
      await correlateInto(store, opened.config, io, false);
      io.progress('judge');
      const judgements = await judge(store, opened.config, to, io);
      io.progress('report');
      await writeReport(store, judgements, {
        path: report,
        overwrite: true,
        kind: 'all',
        window: { from: new Date(to.getTime() - 30 * DAY_MS).toISOString(), to: to.toISOString() },
        generatedAt: io.now().toISOString(),
        toolVersion: toolVersion(),
      });
      for (const line of await summaryLines(store, judgements)) io.out(`${line}\n`);
      io.out(nextSteps(folder, report));
    });
}

async function simulateFleet(
  folder: string,
  { calls, seed }: Options,
  to: Date,
  io: Io,
): Promise<void> {
  const { simulate } = await import('../../simulate/simulate.ts');
  const { rmSync } = await import('node:fs');
  const from = new Date(to.getTime() - 30 * DAY_MS);
  const summary = await simulate({
    folder,
    calls,
    seed,
    from,
    to,
    onProgress: (written) => io.progress(`simulate ${written}/${calls} calls`),
  });
  io.err(
    `simulate: ${summary.calls} calls of 30 days, ${summary.records} records in ${summary.files.length} files\n`,
  );
  // A database of an earlier demo holds another fleet's evidence.
  for (const name of ['witness.duckdb', 'witness.duckdb.wal', 'witness.duckdb.key']) {
    rmSync(join(folder, name), { force: true });
  }
}

async function summaryLines(
  store: Awaited<ReturnType<typeof openToWrite>>['store'],
  judgements: readonly Judgement[],
): Promise<string[]> {
  const [bypass] = await store.rows(
    "select count(*) as calls from tool_calls where match_rung = 'server_only'",
  );
  const verdicts = judgements.map(
    (each) => `  ${each.state.padEnd(18)} ${each.displayName}: ${findingOf(each)}`,
  );
  return [
    '',
    'What was found',
    ...verdicts,
    `  ${'gateway bypass'.padEnd(18)} ${String(bypass?.['calls'])} calls reached a server without a gateway row`,
  ];
}

function findingOf(judgement: Judgement): string {
  if (judgement.kind === 'control') {
    return `${judgement.violating} violating, ${judgement.unobservable} unobservable, of ${judgement.population}`;
  }
  return `${judgement.goodText ?? 'nothing measured'}, target ${judgement.targetText}`;
}

function nextSteps(folder: string, report: string): string {
  const config = join(folder, 'mcp-witness.yaml');
  return `
Open
  ${report}

Try next
  mcp-witness slo report --config ${config}
  mcp-witness timeline --config ${config} --agent invoice-agent --since 24h
  mcp-witness cost report --config ${config} --by agent
`;
}
