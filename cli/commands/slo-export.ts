import { Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { definitionsOf } from '../judging.ts';
import { toolVersion } from '../main.ts';
import { readConfig } from '../open.ts';
import { type CommonOptions, withExamples } from '../options.ts';

/** `slo export`: the definitions for who alerts elsewhere. Needs no database. */
export function exportCommand(io: Io): Command {
  const command = new Command('export')
    .description('Write alerts for another system, and say what of the definitions is lost')
    .addOption(
      new Option('--format <name>', 'for which system')
        .choices(['prometheus'])
        .makeOptionMandatory(),
    )
    .option('--config <file>', 'config file (default: ./mcp-witness.yaml if it is there)')
    .action(async (options: CommonOptions) => {
      const definitions = await definitionsOf(await readConfig(options), io);
      const { exportPrometheus } = await import('../../slo/export/prometheus.ts');
      const { renderPrometheusRules } = await import('../../reports/files/prometheus-rules.ts');
      const exported = exportPrometheus(definitions);
      io.out(renderPrometheusRules(exported, toolVersion()));
      for (const loss of exported.lossy) io.err(`lossy: ${loss}\n`);
    });
  return withExamples(command, 'slo export --format prometheus > mcp-witness.rules.yml');
}
