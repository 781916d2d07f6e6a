/** docs/sources.md, from the headers of the sources and what their fixtures became. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../core/package-root.ts';
import { listSources, type Recognition, type Source } from '../../ingest/sources.ts';

const INTRO = `# What each source can and cannot say

From the headers of \`ingest/sources/*.sql\`, and from what their fixtures became; a test holds this page to them
(\`npm run golden\` writes it). \`ingest files\` tells a record's source by the record itself, \`--table\` names it.

Only evidence in the layers \`gateway\` and \`server\` makes, matches or completes calls. Evidence in the layer \`platform\`
stands beside them: it is in \`events\` and in every account of what was received, but no call, cost or verdict is made
of it ([why](decisions/0037-evidence-beside-the-calls.md)).
What a record says of prompts, tool arguments and results is never stored, only that it was there and how long it was.

## Blobs

\`ingest files\` reads the trees of Log Analytics data export (\`am-<table>/WorkspaceResourceId=/…/PT05M.json\`) and of
diagnostic settings (\`insights-logs-<category>/resourceId=/…/PT1H.json\`) as they were copied to disk. Both grow: give the
same folder again, and what was read before is a duplicate. Copy a blob when its hour is over, or a last line that was cut
is set aside as damaged until it comes again whole: once a file was read again with no less in it, what an earlier
reading set aside of it is no loss to any verdict (\`read_again_records\` of \`coverage --of rejects\`).

## The sources
`;

interface Become {
  readonly layer?: string;
  readonly kind?: string;
}

export function sourcesPage(): string {
  const sources = listSources();
  const rows = sources.map(
    (source) => `| [${titleOf(source)}](#${source.stem}) | ${becomesOf(source)} |`,
  );
  return [
    INTRO,
    '| source | its records become |',
    '|---|---|',
    ...rows,
    '',
    ...sources.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf(source: Source): string[] {
  const { header, sql, path } = source.file;
  return [
    `<a id="${source.stem}"></a>`,
    '',
    `## ${titleOf(source)}`,
    '',
    `${header['purpose']} [Reference](${header['docs']}), [mapping](../${path}).`,
    '',
    `- **Says:** ${linesOf(sql, 'says').join(' ')}`,
    `- **Cannot say:** ${linesOf(sql, 'cannot').join(' ')}`,
    `- **One event:** ${header['grain']}; told apart by ${header['key']}.`,
    `- **Recognised by:** ${source.recognitions.map(recognitionText).join(' · ')}`,
    '',
  ];
}

/** The table that its records name, else the name that our tables give it. */
function titleOf({ table, stem, recognitions }: Source): string {
  const others: Readonly<Record<string, string>> = {
    apim_log_to_eventhub: 'log-to-eventhub: our policy',
    apim_usage_records: 'log-to-eventhub: usage records',
    azure_diagnostics_gateway_logs: 'AzureDiagnostics',
    foundry_spans: 'Foundry agent spans',
    otel_traces: 'OTelTraces, OTelTracesAgent',
  };
  const isCustom = recognitions.some(({ name }) => name === `${table.toLowerCase()}_cl`);
  return others[stem] ?? (isCustom ? `${table}, ${table}_CL` : table);
}

/** Every `-- key: …` line of a header. */
export function linesOf(sql: string, key: string): string[] {
  return [...sql.matchAll(new RegExp(`^-- ${key}: (.+)$`, 'gm'))].map(([, text = '']) => text);
}

function recognitionText({ way, name, provider }: Recognition): string {
  if (way === 'fields') return `the fields \`${name.split(/\s+/).join('`, `')}\``;
  const word = { type: 'Type', category: 'category', itemtype: 'itemType', odata: '@odata.type' };
  return `\`${word[way]}\` ${name}${provider === '' ? '' : ` of ${provider}`}`;
}

function becomesOf({ stem }: Source): string {
  const golden = readFileSync(join(packageRoot, `test/ingest/golden/${stem}.jsonl`), 'utf8');
  const events = golden
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Become);
  const kinds = events.flatMap(({ layer, kind }) => (layer ? [`\`${layer}\` ${kind}`] : []));
  return [...new Set(kinds)].sort().join(', ');
}
