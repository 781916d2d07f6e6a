import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import type { Row } from '../../store/store.ts';
import { eventsOf, ingesting, jsonLines } from './ingested.ts';

const CONTENT = [
  'InputMessages',
  'OutputMessages',
  'SystemInstructions',
  'ToolCallArguments',
  'ToolCallResult',
  'EvaluationExplanation',
];

/** As ingest/kql/app_gen_ai_content.kql has the service measure what was logged. */
function measured(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (!CONTENT.includes(name)) return [name, value];
      const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
      return [`${name}Bytes`, ['[]', '{}'].includes(text) ? 0 : Buffer.byteLength(text)];
    }),
  );
}

test('content that the service measured is the event that the content itself gives', async () => {
  const rows = readFileSync(
    packagePath('test/ingest/fixtures/app_gen_ai_content.table.ndjson'),
    'utf8',
  )
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Row)
    .filter((row) => row['Type'] === 'AppGenAIContent');
  using whole = await ingesting({ 'rows.ndjson': jsonLines(rows) });
  using lengths = await ingesting({ 'rows.ndjson': jsonLines(rows.map(measured)) });

  const { stored, excluded } = await whole.ingest();
  expect([stored, excluded]).toEqual([1, 1]);
  expect(await lengths.ingest()).toMatchObject({ stored, excluded });
  expect(await eventsOf(lengths.store)).toEqual(await eventsOf(whole.store));
});
