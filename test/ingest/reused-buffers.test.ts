import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TextBatch } from '../../ingest/transports/batches.ts';
import { fileBytes } from '../../ingest/transports/file-bytes.ts';
import { jsonBatches } from '../../ingest/transports/text-lines.ts';

/** Several times what a buffer holds; lines of many lengths, so that buffers end inside of them. */
const LINES = Array.from({ length: 30_000 }, (_, no) =>
  JSON.stringify({ no, text: 'é'.repeat((no * 7919) % 1_000) }),
);

let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-buffers-'));
  path = join(folder, 'lines.ndjson');
  writeFileSync(path, LINES.join('\n'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* batchesOf(file: string): AsyncGenerator<TextBatch> {
  for await (const delivery of jsonBatches(fileBytes(file, false, {}))) {
    if (delivery.kind !== 'batch') throw new Error(delivery.unreadable.reason);
    yield delivery.batch;
  }
}

async function textOf(readers: number): Promise<string> {
  const batches = batchesOf(path);
  const texts: string[] = [];
  await Promise.all(
    Array.from({ length: readers }, async () => {
      for (;;) {
        const { done, value } = await batches.next();
        if (done) return;
        // Meanwhile the others go on to read.
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        texts[value.firstNo] = Buffer.from(value.text).toString('utf8');
        value.release?.();
      }
    }),
  );
  return texts.filter((text) => text !== undefined).join('\n');
}

test.each([1, 2, 9])(
  'each of %i readers has its own bytes until it gives them back',
  async (readers) => {
    expect(await textOf(readers)).toBe(LINES.join('\n'));
  },
);

test('bytes that were given back are used again', async () => {
  const buffers = new Set<ArrayBufferLike>();
  let batches = 0;
  for await (const { text, release } of batchesOf(path)) {
    batches += 1;
    buffers.add(text.buffer);
    release?.();
  }
  expect(batches).toBeGreaterThan(buffers.size);
});
