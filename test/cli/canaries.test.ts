import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listSources } from '../../ingest/sources.ts';
import { listQueries } from '../../queries/catalogue.ts';
import { Store } from '../../store/store.ts';
import { filesWith } from '../ingest/bytes.ts';
import { CANARY, SECRETS, telemetryWith, telemetryWithContent } from '../ingest/canaries.ts';
import { CANARY as OTHER, telemetryWithSecrets } from '../ingest/secrets-in-telemetry.ts';
import { type Answer, ask, temporaryFolder } from './fleet.ts';
import { READ_BACK } from './formats.ts';

/** Telemetry of every source, in every form of file, full of secrets and content. */
function writeTelemetry(folder: string): void {
  for (const [name, content] of Object.entries(telemetryWithSecrets())) {
    writeFileSync(join(folder, name), content);
  }
  for (const { stem } of listSources()) {
    const secrets = Object.values(SECRETS).flatMap((text, no) => telemetryWith(text, stem, no));
    const lines = [...secrets, ...telemetryWithContent(stem)];
    writeFileSync(join(folder, `${stem}.ndjson`), lines.join('\n'));
  }
}

/** All values of Parquet files, which are packed. */
async function textsOf(files: string): Promise<string> {
  using store = await Store.inMemory();
  const rows = await store.rows(
    'select * from read_parquet($files, union_by_name = true, hive_partitioning = true)',
    { files },
  );
  expect(rows.length).toBeGreaterThan(100);
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

test('no command prints or writes a secret of the telemetry', async () => {
  expect(OTHER).toBe(CANARY);
  const folder = temporaryFolder();
  for (const name of ['telemetry', 'made']) mkdirSync(join(folder, name));
  writeTelemetry(join(folder, 'telemetry'));
  const db = join(folder, 'made', 'witness.duckdb');
  const said: string[] = [];
  const asked = async (...args: readonly string[]): Promise<Answer> => {
    const progress: string[] = [];
    const answer = await ask([...args, '--db', db], { progress: (text) => progress.push(text) });
    said.push([`${args.join(' ')}:`, ...progress, answer.out, answer.err].join('\n'));
    return answer;
  };

  await asked('ingest', 'files', join(folder, 'telemetry'));
  await asked('correlate');
  const { out } = await asked('timeline', '--format', 'ndjson');
  const calls = out.split('\n').filter(Boolean);
  const { call_id: call = '' } = JSON.parse(calls[0] ?? '{}') as { readonly call_id?: string };
  expect(calls.length).toBeGreaterThan(10);
  const given: Readonly<Record<string, readonly string[]>> = {
    'soc/pivot': ['--param', 'id=billing-mcp'],
    'soc/events_of_call': ['--param', `call=${call}`],
  };
  for (const { name } of listQueries()) {
    await asked('query', name, ...(given[name] ?? []), '--format', 'json');
  }
  for (const format of Object.keys(READ_BACK)) {
    await asked('timeline', '--format', format, '--wide');
    await asked('timeline', '--call', call, '--expand', '--format', format, '--wide');
    await asked('coverage', '--of', 'rejects', '--format', format, '--wide');
  }
  for (const part of ['loss', 'servers', 'agents', 'redactions']) {
    await asked('coverage', '--of', part, '--format', 'json');
  }
  await asked('coverage');
  for (const format of ['table', 'json', 'md']) await asked('doctor', '--format', format);
  await asked('query', '--sql', 'select * from events', '--format', 'ndjson');
  await asked('query', '--sql', 'select * from rejected_records', '--format', 'csv');
  for (const kind of ['html', 'md', 'json', 'xml']) {
    const report = kind === 'xml' ? 'slo' : 'all';
    await asked('report', report, '--out', join(folder, 'made', `report.${kind}`));
  }

  const lake = join(folder, 'made', 'lake');
  await asked('export', 'parquet', '--out', lake);
  expect(await textsOf(`${lake}/*/*/*.parquet`)).not.toContain(CANARY);

  expect(said.filter((text) => text.includes(CANARY)).map((text) => text.split(':')[0])).toEqual(
    [],
  );
  expect(filesWith(join(folder, 'made'), CANARY)).toEqual([]);
  expect(readFileSync(join(folder, 'made', 'report.html'), 'utf8')).toContain('weather-mcp');
  expect(said[0]).toMatch(/\ningest: redacted: [\d,]+ bearer tokens, [\d,]+ keys, /);
  expect(said.join('\n')).toContain('bearer_token');
});
