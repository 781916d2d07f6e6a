import type { Listing } from './listing.ts';
import { counted, listed, named, percent } from './reading.ts';
import { listRemedies, type Remedy, remedyFor, type Side } from './remedies.ts';
import { visible } from './visible.ts';

/** A row of sre/coverage_holes. */
interface Hole {
  readonly field: string;
  readonly server_id: string;
  readonly api_id: string | null;
  readonly side: Side;
  readonly missing_ratio: number;
  readonly missing_calls: number;
}

const ADDED = [
  { name: 'remedy', type: 'varchar', meaning: 'file of examples/remedies/, without its extension' },
  { name: 'how', type: 'varchar', meaning: 'what to do' },
  { name: 'where', type: 'varchar', meaning: 'where to do it' },
  { name: 'docs', type: 'varchar', meaning: 'reference of what is used' },
  {
    name: 'snippet',
    type: 'varchar',
    meaning: 'the remedy in Markdown, with the names of the server',
  },
] as const;

/** The answer of sre/coverage_holes with what fills each hole beside it. */
export function withRemedies(holes: Listing): Listing {
  const remedies = new Map(listRemedies().map((remedy) => [remedy.name, remedy]));
  const rows = holes.rows.flatMap((row) => {
    const hole = row as unknown as Hole;
    const remedy = remedies.get(`${hole.side}/${hole.field}`);
    if (!remedy) return [];
    const { name, title, where, docs, text } = remedyFor(remedy, hole);
    return [{ ...row, remedy: name, how: title, where, docs, snippet: text }];
  });
  return {
    ...holes,
    columns: [...holes.columns, ...ADDED],
    rows,
    brief: ['field', 'server_id', 'missing_ratio', 'missing_calls', 'remedy', 'how'],
  };
}

/** The same by remedy: what to do, and for whom. */
export function byRemedy(listing: Listing): Listing {
  const groups = Map.groupBy(
    listing.rows as unknown as readonly (Hole & { remedy: string; how: string })[],
    ({ remedy }) => remedy,
  );
  const rows = [...groups.values()].flatMap((holes) => {
    const [first] = holes;
    if (!first) return [];
    const { field, side, how, remedy } = first;
    const missing_calls = holes.reduce((sum, hole) => sum + hole.missing_calls, 0);
    const servers = holes.map(
      ({ server_id, missing_ratio }) => `${named(server_id)} ${percent(missing_ratio)}`,
    );
    return [{ field, side, missing_calls, servers: listed(servers, 6), how, remedy }];
  });
  return {
    columns: [
      { name: 'field', type: 'varchar' },
      {
        name: 'missing_calls',
        type: 'bigint',
        unit: 'calls',
        meaning: 'calls that lack the field',
      },
      {
        name: 'servers',
        type: 'varchar',
        meaning: 'each with the share of its calls that lack it',
      },
      { name: 'side', type: 'varchar', meaning: 'who can log it' },
      { name: 'how', type: 'varchar' },
      { name: 'remedy', type: 'varchar', meaning: 'file of examples/remedies/' },
    ],
    rows: rows.toSorted((a, b) => b.missing_calls - a.missing_calls),
  };
}

/** The remedies of a listing that has them, each once, in Markdown; with the names of a lone server. */
export function remediesText({ rows }: Listing): string {
  const holes = Map.groupBy(
    rows as unknown as readonly (Hole & { remedy: string })[],
    (hole) => hole.remedy,
  );
  const remedies = listRemedies().filter(({ name }) => holes.has(name));
  return remedies.map((remedy) => section(remedy, holes.get(remedy.name) ?? [])).join('\n');
}

function section(remedy: Remedy, holes: readonly Hole[]): string {
  const [only] = holes;
  const { name, title, docs, where, text } =
    holes.length === 1 && only ? remedyFor(remedy, only) : remedy;
  const servers = holes.map(
    ({ server_id, api_id, missing_ratio, missing_calls }) =>
      `- ${shown(server_id)}${api_id === null || api_id === server_id ? '' : ` (API ${shown(api_id)})`}: ${percent(missing_ratio)} lack it, ${counted(missing_calls, 'call')}`,
  );
  return [
    `## ${name}: ${title}`,
    '',
    ...servers,
    '',
    `Where: ${where}`,
    `Docs: ${docs}`,
    '',
    text,
    '',
  ].join('\n');
}

/** A name of telemetry inside our Markdown: what could act there is taken out. */
function shown(name: string): string {
  return visible(name).replaceAll(/[^\p{L}\p{N} ()._:/-]/gu, '?');
}
