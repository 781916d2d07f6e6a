/** Reads back what a command printed: the head, and one row of texts or values a line. */
export interface Read {
  readonly columns: readonly string[];
  readonly rows: number;
}

export const READ_BACK: Readonly<Record<string, (text: string) => Read>> = {
  table: readTable,
  json: readJson,
  ndjson: readNdjson,
  csv: readCsv,
  md: readMarkdown,
};

export interface Envelope {
  readonly schemaVersion: number;
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly coverage: Readonly<Record<string, unknown>> | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export function envelopeIn(text: string): Envelope {
  return JSON.parse(text) as Envelope;
}

function readJson(text: string): Read {
  const { rows } = envelopeIn(text);
  return { columns: Object.keys(rows[0] ?? {}), rows: rows.length };
}

function readNdjson(text: string): Read {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
  return { columns: Object.keys(rows[0] ?? {}), rows: rows.length };
}

/** The rule under the head says where each column begins and how wide it is. */
function readTable(text: string): Read {
  const lines = text.split('\n');
  const ruleAt = lines.findIndex((line) => /^─/.test(line));
  const end = lines.findIndex((line, index) => index > ruleAt && /^\d+ rows?$/.test(line));
  const columns = (lines[ruleAt - 1] ?? '').trim().split(/ {2,}/);
  if (columns.length !== (lines[ruleAt] ?? '').split('  ').length) {
    throw new Error(`the rule does not fit the head: ${lines[ruleAt - 1]}`);
  }
  const rows = end - ruleAt - 1;
  if (Number.parseInt(lines[end] ?? '', 10) !== rows)
    throw new Error(`${rows} are not ${lines[end]}`);
  return { columns, rows };
}

function readCsv(text: string): Read {
  const records = csvRecords(text);
  const [columns = [], ...rows] = records;
  const odd = rows.find((row) => row.length !== columns.length);
  if (odd) throw new Error(`${odd.length} fields under ${columns.length} columns: ${odd}`);
  return { columns, rows: rows.length };
}

/** RFC 4180: quotes double inside quotes, lines end in CRLF. */
export function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/g)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

function readMarkdown(text: string): Read {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const cells = lines.map((line) => line.slice(2, -2).split(' | '));
  const [head = [], ...rest] = cells;
  const odd = rest.find((row) => row.length !== head.length);
  if (odd) throw new Error(`${odd.length} cells under ${head.length}: ${odd}`);
  return { columns: head.map((name) => name.replaceAll('\\', '')), rows: rest.length - 1 };
}
