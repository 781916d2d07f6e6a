import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { RESULTS } from '../../correlate/steps.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { HARD_MIX } from '../../simulate/faults.ts';
import { Store } from '../../store/store.ts';
import { filesBelow, simulateInto } from '../simulate/fleet-files.ts';
import { DRAWN, rowsOfTables } from './drawn-evidence.ts';

/** Records of one file, or a file that is delivered as it is. */
interface Piece {
  readonly file: string;
  readonly line: string | undefined;
}

const DELIVERIES = 3;
const RUNS = Number(process.env['DRAWN_RUNS'] ?? 2);
const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-deliveries-'));
const pieces: Piece[] = [];
let wanted: string[] = [];

beforeAll(async () => {
  await simulateInto(folder, { calls: 80, faults: { ...HARD_MIX, duplicates: 0.2 } });
  for (const [file, bytes] of filesBelow(join(folder, 'telemetry'))) {
    if (!file.endsWith('.ndjson')) pieces.push({ file, line: undefined });
    else
      for (const line of bytes.toString('utf8').trimEnd().split('\n')) pieces.push({ file, line });
  }
  using store = await emptyStore();
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
  await correlate(store);
  wanted = await publishedRows(store);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function emptyStore(): Promise<Store> {
  const store = await Store.inMemory();
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  return store;
}

function publishedRows(store: Store): Promise<string[]> {
  return rowsOfTables(store, [...RESULTS, 'tool_calls']);
}

/** Writes what one delivery brings, its files in the order drawn. */
function write(into: string, brought: readonly Piece[]): void {
  for (const [file, parts] of Map.groupBy(brought, (piece) => piece.file)) {
    const path = join(into, file);
    mkdirSync(dirname(path), { recursive: true });
    const lines = parts.flatMap(({ line }) => (line === undefined ? [] : [line]));
    if (lines.length > 0) writeFileSync(path, `${lines.join('\n')}\n`);
    else cpSync(join(folder, 'telemetry', file), path, { preserveTimestamps: true });
  }
}

/** Each piece comes with one delivery, and some of them with another again; each delivery is shuffled. */
const dealt = fc
  .constant(null)
  .chain(() =>
    fc.array(fc.nat(DELIVERIES - 1), { minLength: pieces.length, maxLength: pieces.length }),
  )
  .chain((deliveries) =>
    fc.tuple(
      ...Array.from({ length: DELIVERIES }, (_, delivery) => {
        const own = pieces.filter((_piece, no) => deliveries[no] === delivery);
        return fc
          .subarray(pieces, { maxLength: Math.ceil(pieces.length / 10) })
          .chain((again) =>
            fc.shuffledSubarray([...own, ...again], { minLength: own.length + again.length }),
          );
      }),
    ),
  );

test('a fleet that is delivered in any parts, doubled and shuffled, gives the same tables', async () => {
  await fc.assert(
    fc.asyncProperty(dealt, async (deliveries) => {
      using store = await emptyStore();
      for (const [no, brought] of deliveries.entries()) {
        const into = join(folder, `delivery-${no}`);
        write(into, brought);
        await ingestFiles(store, [into], { key: 'test' });
        rmSync(into, { recursive: true });
        await correlate(store, { maxReopenedShare: 1 });
      }
      expect(await publishedRows(store)).toEqual(wanted);
    }),
    { ...DRAWN.parameters, numRuns: RUNS },
  );
}, 600_000);
