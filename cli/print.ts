import { grouped } from '../core/grouped.ts';
import type { TimeWindow } from '../core/window.ts';
import type { Listing } from '../reports/listing.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/values.ts';
import type { Io } from './io.ts';
import type { FormatOptions } from './options.ts';

interface Printing {
  readonly window: TimeWindow;
  readonly options: FormatOptions;
  readonly io: Io;
  /** At most this many rows; of a query that takes a limit. */
  readonly limit?: number;
}

/** Prints the answer to a query of ours, and returns it. */
export async function printAnswer(
  store: Store,
  name: string,
  given: Readonly<Record<string, string>>,
  { window, options, io, limit }: Printing,
): Promise<Listing> {
  // One more than is shown, which tells whether there are more.
  const asked = limit === undefined ? given : { ...given, limit: String(limit + 1) };
  const found = await answerOf(store, name, asked, window, io);
  const shown = { ...found, rows: found.rows.slice(0, limit) };
  const listing = await withBasis(store, shown, options);
  await printListing(listing, options, io);
  if (shown.rows.length < found.rows.length) {
    io.err(`the first ${limit} rows; --limit takes more\n`);
  }
  if (listing.coverage?.['rows'] === 0) {
    io.err(
      "no tool call is in this window; 'mcp-witness correlate' makes calls of what was ingested\n",
    );
  }
  return listing;
}

/** Says of an answer that is empty how many calls there were to choose from: a mistyped name is no quiet agent. */
export function tellUnmatched({ rows, coverage }: Listing, io: Io): void {
  const calls = Number(coverage?.['rows'] ?? 0);
  if (rows.length > 0 || calls === 0) return;
  io.err(`there are tool calls in this window (${grouped(calls)}), and none of them matches\n`);
}

/** The answer to a query of ours, with the window where the query takes one. */
export async function answerOf(
  store: Store,
  name: string,
  given: Readonly<Record<string, string>>,
  window: TimeWindow,
  io: Io,
): Promise<Listing> {
  const { bindParameters, findQuery } = await import('../queries/catalogue.ts');
  const query = findQuery(name);
  const takes = new Set(query.params.map((param) => param.name));
  const times = Object.fromEntries(
    [
      ['from_at', window.from],
      ['to_at', window.to],
    ].filter(([param = '']) => takes.has(param)),
  );
  const { asMeant } = await import('../reports/visible.ts');
  const meant = Object.fromEntries(
    Object.entries(given).map(([param, text]) => [param, asMeant(text)]),
  );
  const keyed = await keyedParameters([...takes], meant, store, io);
  const params = bindParameters(query, { ...times, ...keyed, ...meant }, io.now());
  const rows = await store.query<Row>(query.file, params);
  const { purpose: title, columns, brief } = query;
  return { title, columns, rows, window, ...(brief && { brief }) };
}

/** Parameters that are made of others with the key. */
const KEYED = /_(?:pseudonym|address)$/;

/** What a store that hides people and addresses has in place of those that are asked for. */
async function keyedParameters(
  takes: readonly string[],
  given: Readonly<Record<string, string>>,
  store: Store,
  io: Io,
): Promise<Record<string, string>> {
  const { existingStoreKey } = await import('../ingest/store-key.ts');
  const { identityOf, pseudonymOf, withoutEmails } = await import('../ingest/pseudonym.ts');
  const key = existingStoreKey(store.path, io.env['MCP_WITNESS_KEY']);
  const asked = takes.filter((name) => KEYED.test(name) && given[name.replace(KEYED, '')]);
  if (asked.length > 0) await tellNoNames(store, key, io);
  const keyed = (param: string): string => {
    const text = given[param.replace(KEYED, '')] ?? '';
    if (key === undefined || text === '') return '';
    if (param.endsWith('_address')) return pseudonymOf('address', text, key);
    return param === 'agent_pseudonym' ? withoutEmails(text, key) : identityOf(text, key);
  };
  return Object.fromEntries(
    takes.filter((name) => KEYED.test(name)).map((name) => [name, keyed(name)]),
  );
}

/** Says where nobody can be found by name: no rows would read as if there were nobody. */
async function tellNoNames(store: Store, key: string | undefined, io: Io): Promise<void> {
  const { whyNoName } = await import('../ingest/hidden-columns.ts');
  const why = await whyNoName(store, key);
  if (why === undefined) return;
  io.err(
    `this database keeps people or addresses as pseudonyms, and ${why}: they are not found by what they are called; give the key in MCP_WITNESS_KEY\n`,
  );
}

/** Adds what the rows rest on where it is shown, or where there are none to show: it takes time. */
export async function withBasis(
  store: Store,
  listing: Listing,
  { format }: FormatOptions,
): Promise<Listing> {
  const { window, rows } = listing;
  if (window === undefined || (format !== 'json' && rows.length > 0)) return listing;
  const [coverage] = await store.query<Row>('queries/sre/summary.sql', {
    from_at: window.from,
    to_at: window.to,
  });
  return { ...listing, coverage: coverage ?? {} };
}

/** Prints a listing; what a table leaves out for want of room is said on stderr. */
export async function printListing(
  listing: Listing,
  { format, wide }: FormatOptions,
  io: Io,
): Promise<void> {
  const { formatListing } = await import('../reports/formats/format.ts');
  const { inBrief } = await import('../reports/listing.ts');
  const shown = format === 'table' && !wide ? inBrief(listing) : listing;
  io.out(formatListing(format, shown));
  if (listing.rows.length === 0 && format !== 'table') io.err('0 rows\n');
  if (shown.columns.length < listing.columns.length) {
    io.err(`${shown.columns.length} of ${listing.columns.length} columns; --wide shows all\n`);
  }
}

/** Refuses a format before any work is done for it. */
export async function ensureFormat({ format }: FormatOptions): Promise<void> {
  const { formatListing } = await import('../reports/formats/format.ts');
  formatListing(format, { columns: [], rows: [] });
}
