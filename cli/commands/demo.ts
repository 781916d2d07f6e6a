import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { fullHour, windowBefore } from '../../core/window.ts';
import type { ReportInput } from '../../reports/report-input.ts';
import { commandLine } from '../command-line.ts';
import type { Io } from '../io.ts';
import { definitionsOf, judge } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { writeStore } from '../open.ts';
import { wholeNumber } from '../options.ts';
import { correlateInto, ingestSources, loadUserFiles, simulatedText } from '../pipeline.ts';
import { writeReport } from '../write-report.ts';

interface Options {
  readonly calls: number;
  readonly seed: number;
}

/** As long as the windows of the starting targets. */
const SPAN = '30d';

/** `demo`: the whole pipeline on a simulated fleet. */
export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description(
      'Simulate a fleet, run the whole pipeline on it, write the report, say what to open',
    )
    .argument('[dir]', 'folder for everything it writes', 'witness-demo')
    .option('--calls <n>', 'how many tool calls', wholeNumber('--calls', 100), 20_000)
    .option('--seed <n>', 'another seed, another fleet', wholeNumber('--seed', 0), 1)
    .action(async (folder: string, options: Options) => {
      const to = fullHour(io.now());
      await simulateFleet(folder, options, to, io);
      const places = {
        config: join(folder, 'mcp-witness.yaml'),
        db: join(folder, 'witness.duckdb'),
        report: join(folder, 'report.html'),
      };
      const report = await writeStore(places, io, async (store, config) => {
        await ingestSources(store, config, io);
        await loadUserFiles(store, config, io);
        await correlateInto(store, config, io, false);
        io.progress('judge');
        const judgements = await judge(store, await definitionsOf(config, io), to, io);
        io.progress('report');
        return await writeReport(store, judgements, {
          path: places.report,
          kind: 'all',
          window: windowBefore(to, SPAN),
          generatedAt: io.now().toISOString(),
          toolVersion: toolVersion(),
        });
      });
      io.out(await summary(report));
      io.out(nextSteps(places, folder, io));
    });
}

async function simulateFleet(folder: string, options: Options, to: Date, io: Io): Promise<void> {
  const { simulate } = await import('../../simulate/simulate.ts');
  const { calls, seed } = options;
  const summary = await simulate({
    folder,
    calls,
    seed,
    from: new Date(windowBefore(to, SPAN).from),
    to,
    onProgress: (written) => io.progress(`simulate ${written}/${calls} calls`),
  });
  io.err(simulatedText(summary));
  // A database of an earlier demo holds another fleet's evidence.
  if (existsSync(join(folder, 'witness.duckdb'))) {
    io.err(`the database of an earlier demo is replaced: ${join(folder, 'witness.duckdb')}\n`);
  }
  for (const name of ['witness.duckdb', 'witness.duckdb.wal', 'witness.duckdb.key']) {
    rmSync(join(folder, name), { force: true });
  }
}

/** The report's own findings, in its own words. */
async function summary(report: ReportInput): Promise<string> {
  const { findingsOf } = await import('../../reports/findings.ts');
  const { visible } = await import('../../reports/visible.ts');
  const grave = findingsOf(report).filter(({ tone }) => tone === 'bad');
  const kept = report.judgements.filter(({ state }) => state === 'met');
  return [
    '',
    'What was found',
    ...grave.map(({ text }) => `  ✗ ${visible(text)}`),
    ...kept.map(({ displayName, reason }) => `  ✓ ${visible(`${displayName}: met. ${reason}`)}`),
    '',
  ].join('\n');
}

function nextSteps(
  { config, report }: { readonly config: string; readonly report: string },
  folder: string,
  io: Io,
): string {
  const questions = ['slo report', 'timeline --tool delete_invoice', 'cost report --by agent'];
  return [
    '',
    'Open',
    `  ${report}  everything on one page, for SOC, SRE and FinOps`,
    `  ${join(folder, 'ground_truth_summary.json')}  what truly happened, to compare`,
    '',
    'Try next',
    ...questions.map((each) => `  ${commandLine(io, each, { config })}`),
    '',
  ].join('\n');
}
