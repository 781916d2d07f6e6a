import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { listPulls, type Pull } from '../../ingest/kql.ts';
import { listSources } from '../../ingest/sources.ts';
import { eventsOf, ingesting } from '../ingest/ingested.ts';
import { bind, COLUMNS } from './bind.ts';

type Record_ = Readonly<Record<string, unknown>>;

const FIXTURES = packagePath('test/ingest/fixtures');

/**
 * The fixtures in the form of the table, whole and as the file gives them: without the columns that it
 * leaves out, without the keys that it takes out of a bag, without the lines that it filters.
 */
test.each(['workspace', 'resource'] as const)(
  'the files for a %s give all that their sources make events of',
  async (scope) => {
    const pulls = listPulls().filter((pull) => pull.scope === scope);
    const rows = pulls.map((pull) => ({ pull, whole: fixturesOf(pull) }));
    const whole = await eventsIn(rows.flatMap((each) => each.whole));
    const pulled = await eventsIn(
      rows.flatMap((each) =>
        each.whole.filter((row) => passes(each.pull, row)).map((row) => cut(each.pull, row)),
      ),
    );

    const tables = new Set(whole.map((event) => event['source_table']));
    expect(rows.filter((each) => each.whole.length === 0)).toEqual([]);
    expect(tables.size).toBe(new Set(pulls.map(({ source }) => tableOf(source))).size);
    expect(pulled).toEqual(whole);
  },
);

function tableOf(stem: string): string {
  return listSources().find((source) => source.stem === stem)?.table ?? '';
}

/** Fixtures leave out what the service always gives, and have columns that one table of several has. */
function fixturesOf(pull: Pull): Record_[] {
  const form = pull.scope === 'resource' ? 'classic' : 'table';
  const columns = COLUMNS.get(pull.table);
  return globSync(`${pull.source}.${form}.*`, { cwd: FIXTURES })
    .flatMap(rowsIn)
    .map((row) => (form === 'table' ? { ...row, Type: pull.table } : row))
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => columns?.has(name))));
}

async function eventsIn(rows: readonly Record_[]) {
  using run = await ingesting({ 'rows.json': JSON.stringify(rows) });
  await run.ingest();
  return await eventsOf(run.store);
}

function rowsIn(name: string): Record_[] {
  const text = readFileSync(join(FIXTURES, name), 'utf8');
  if (name.endsWith('.json')) return JSON.parse(text) as Record_[];
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line): Record_[] => {
      const row = parsed(line);
      return row ? [row] : [];
    });
}

/** A fixture may hold a line that is none. */
function parsed(line: string): Record_ | undefined {
  try {
    return JSON.parse(line) as Record_;
  } catch {
    return undefined;
  }
}

function cut(pull: Pull, row: Record_): Record_ {
  const given = bind(`${pull.table}\n${pull.pipeline}`).columns.map(({ name }) => name);
  const all: Record_ = {
    ...row,
    IngestedAt: '2026-11-21T10:00:00Z',
    ...measured(pull, row),
  };
  return Object.fromEntries(
    given.filter((name) => name in all).map((name) => [name, without(pull, name, all[name])]),
  );
}

/** string_size of KQL, of what is not empty. */
function measured({ pipeline }: Pull, row: Record_): Record_ {
  const sizes = [...pipeline.matchAll(/(\w+) = .*string_size\(tostring\((\w+)\)\)/g)].map(
    ([, name = '', column = '']): [string, number] => {
      const text = row[column] == null ? '' : textOf(row[column]);
      return [name, text === '[]' || text === '{}' ? 0 : Buffer.byteLength(text)];
    },
  );
  return Object.fromEntries(sizes.filter(([name]) => name.replace(/Bytes$/, '') in row));
}

/** bag_remove_keys of KQL. */
function without(pull: Pull, column: string, value: unknown): unknown {
  const list = new RegExp(`bag_remove_keys\\(${column}, dynamic\\(\\[([^\\]]+)\\]`).exec(
    pull.pipeline,
  );
  const bag = typeof value === 'string' ? parsed(value) : value;
  if (!list || typeof bag !== 'object' || bag === null) return value;
  const keys = [...(list[1] ?? '').matchAll(/'([^']+)'/g)].map(([, key]) => key);
  const kept = Object.fromEntries(Object.entries(bag).filter(([key]) => !keys.includes(key)));
  return typeof value === 'string' ? JSON.stringify(kept) : kept;
}

/** The filters: `has_any` of a bag, HTTP methods, the category. */
function passes({ pipeline }: Pull, row: Record_): boolean {
  const method = /!in~ \('PUT'/.test(pipeline) && String(row['Method'] ?? row['method_s'] ?? '');
  if (method && /^(PUT|PATCH|HEAD|OPTIONS|CONNECT|TRACE)$/i.test(method)) return false;
  const { Category: category } = row;
  if (pipeline.includes("Category =~ 'GatewayLogs'") && category !== 'GatewayLogs') return false;
  const terms = /has_any \(([^)]+)\)/.exec(pipeline)?.[1]?.match(/(?<=')[^',]+(?=')/g);
  if (!terms) return true;
  const name = String(row['Message'] ?? row['message'] ?? row['Name'] ?? row['name']);
  if (/^mcp\.(tool_call|approval)$/i.test(name)) return true;
  const bag = textOf(row['Properties'] ?? row['customDimensions']).toLowerCase();
  return terms.some((term) =>
    new RegExp(`(?<![a-z0-9])${term.replaceAll('.', '[.]')}(?![a-z0-9])`).test(bag),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
