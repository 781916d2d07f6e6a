import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Truth } from '../../simulate/ground-truth.ts';
import { type SimulationOptions, simulate } from '../../simulate/simulate.ts';

export type Json = Readonly<Record<string, unknown>>;

export const WINDOW = {
  from: new Date('2026-10-22T00:00:00Z'),
  to: new Date('2026-11-21T00:00:00Z'),
} as const;

/** A folder that is gone after the test, or after the file where `keep` says so. */
export function emptyFolder(keep = false): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  if (!keep) onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export async function simulateInto(folder: string, options: Partial<SimulationOptions> = {}) {
  return simulate({ folder, calls: 300, seed: 7, ...WINDOW, ...options });
}

/** Every file below a folder, by its path there. */
export function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export function textOf(folder: string, name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export function linesOf(folder: string, name: string): string[] {
  return textOf(folder, name).trimEnd().split('\n');
}

/** The records of a file of JSON lines, taken out of their envelopes; broken lines are left out. */
export function recordsOf(folder: string, name: string): Json[] {
  return linesOf(folder, name)
    .map(parsed)
    .filter((value) => value !== undefined)
    .flatMap((value) => ('records' in value ? (value['records'] as Json[]) : [value]));
}

export function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}

export function truthsOf(folder: string): Truth[] {
  return linesOf(folder, 'ground_truth.ndjson').map((line) => JSON.parse(line) as Truth);
}

export function properties(record: Json): Json {
  const bag = record['Properties'];
  return (typeof bag === 'string' ? (parsed(bag) ?? {}) : (bag ?? {})) as Json;
}
