import { Command } from 'commander';
import type { Listing } from '../../reports/listing.ts';
import type { SloDefinitions } from '../../slo/definition.ts';
import type { Io } from '../io.ts';
import { definitionsOf } from '../judging.ts';
import { readConfig } from '../open.ts';
import type { CommonOptions } from '../options.ts';
import { ensureFormat, printListing } from '../print.ts';

/** `slo validate`: whether definitions mean what is there to count. */
export function validateCommand(io: Io): Command {
  return new Command('validate')
    .description('Check OpenSLO files: structure, references, and every field against the tables')
    .argument(
      '[files...]',
      'OpenSLO v1 YAML (default: those of the config, else the starting targets)',
    )
    .option('--config <file>', 'config file (default: ./mcp-witness.yaml if it is there)')
    .option('--compat', 'take slips that are common in OpenSLO files, and tell each')
    .option('--format <name>', 'list them, in this format: table, json, ndjson, csv or md')
    .action(async (files: string[], options: ValidateOptions) => {
      const { format } = options;
      if (format !== undefined) await ensureFormat({ format });
      const config = await readConfig(options);
      const definitions = await definitionsOf(
        files.length > 0 ? { ...config, slos: files } : config,
        io,
        { mode: options.compat === true ? 'compat' : 'strict' },
      );
      for (const note of definitions.notes ?? []) io.err(`note: ${note}\n`);
      const { checkDefinitions } = await import('../../slo/judge.ts');
      const { Store } = await import('../../store/store.ts');
      using store = await Store.inMemory();
      await checkDefinitions(store, definitions);
      if (format === undefined) io.out(`${validText(definitions.definitions.length)}\n`);
      else await printListing(await definitionListing(definitions), { format }, io);
    });
}

function validText(count: number): string {
  return count === 1 ? '1 definition is valid' : `${count} definitions are valid`;
}

interface ValidateOptions extends CommonOptions {
  readonly compat?: boolean;
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
