import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import type { Settings } from './run.ts';

let rules: string | undefined;

/**
 * Stands for everything beside the evidence and the inventory that correlation rests on: the settings,
 * and the rules, which are the files of this folder. Other rules would have made other calls of the
 * evidence that stays closed.
 */
export function fingerprintOf(settings: Settings): string {
  rules ??= hashOf([
    ...textsBelow(packagePath('correlate'), /\.sql$/),
    ...textsBelow(import.meta.dirname, /\.[jt]s$/),
    readFileSync(packagePath('store/prelude/duckdb.sql'), 'utf8'),
  ]);
  return hashOf([rules, JSON.stringify(settings)]);
}

function textsBelow(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => wanted.test(path))
    .sort()
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex');
}
