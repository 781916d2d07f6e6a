import type { TimeWindow } from '../core/window.ts';
import type { Listing } from '../reports/listing.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/values.ts';
import type { Io } from './io.ts';

/** Prints the answer to a query of ours. */
export async function printAnswer(
  store: Store,
  name: string,
  given: Readonly<Record<string, string>>,
  { format, window, io }: { format: string; window: TimeWindow; io: Io },
): Promise<void> {
  const listing = await answerOf(store, name, given, window, io);
  await printListing({ ...listing, coverage: await basisOf(store, window) }, format, io);
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
  const params = bindParameters(query, { ...times, ...given }, io.now());
  const rows = await store.query<Row>(query.file, params);
  return { title: query.purpose, columns: query.columns, rows, window };
}

/** What numbers of this window rest on; JSON carries it beside the rows. */
export async function basisOf(store: Store, window: TimeWindow): Promise<Row> {
  const [basis] = await store.query<Row>('queries/sre/summary.sql', {
    from_at: window.from,
    to_at: window.to,
  });
  return basis ?? {};
}

/** Prints a listing; a table without rows says so on stderr. */
export async function printListing(listing: Listing, format: string, io: Io): Promise<void> {
  const { formatListing } = await import('../reports/formats/format.ts');
  io.out(formatListing(format, listing));
  if (listing.rows.length === 0) io.err('0 rows\n');
}

/** Refuses a format before any work is done for it. */
export async function ensureFormat(format: string): Promise<void> {
  const { formatListing } = await import('../reports/formats/format.ts');
  formatListing(format, { columns: [], rows: [] });
}
