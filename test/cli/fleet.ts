import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ExitCode } from '../../cli/exit-codes.ts';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { madeOnce } from './made-once.ts';

/** The clock of all tests of commands. */
export const NOW = new Date('2026-11-21T00:30:00Z');

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process: what it prints, and what it ends with. */
export async function ask(args: readonly string[], given: Partial<Io> = {}): Promise<Answer> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progress: () => undefined,
    now: () => NOW,
    program: 'mcp-witness',
    node: '24.21.0',
    env: {},
    self: { pid: 1, isRunning: () => true },
    signal: new AbortController().signal,
    isStoppable: false,
    exitCode: ExitCode.ok,
    ...given,
  };
  const code = await main(args, io);
  return { code, out, err };
}

export interface Fleet {
  readonly folder: string;
  readonly config: string;
  readonly db: string;
  remove(): void;
}

/** A small simulated fleet of 30 days, ingested, correlated and judged: a copy of one that is made once. */
export async function makeFleet(calls = 300, from = '2026-10-22'): Promise<Fleet> {
  const made = await madeOnce(`fleet-${calls}-${from}`, async (folder) => {
    await simulateInto(folder, calls, from);
    const { code, err } = await ask(['run', '--config', join(folder, 'mcp-witness.yaml')]);
    if (code !== ExitCode.breached) throw new Error(`run ended with ${code}: ${err}`);
  });
  const fleet = fleetIn(mkdtempSync(join(tmpdir(), 'mcp-witness-cli-')));
  cpSync(made, fleet.folder, { recursive: true, preserveTimestamps: true });
  return fleet;
}

/** Only its telemetry and its config. */
export async function simulateFleet(calls = 300, from = '2026-10-22'): Promise<Fleet> {
  const fleet = fleetIn(mkdtempSync(join(tmpdir(), 'mcp-witness-cli-')));
  await simulateInto(fleet.folder, calls, from);
  return fleet;
}

async function simulateInto(folder: string, calls: number, from: string): Promise<void> {
  const args = ['--calls', String(calls), '--from', from, '--to', '2026-11-21'];
  const { code, err } = await ask(['simulate', '--out', folder, ...args]);
  if (code !== ExitCode.ok) throw new Error(`simulate ended with ${code}: ${err}`);
}

function fleetIn(folder: string): Fleet {
  return {
    folder,
    config: join(folder, 'mcp-witness.yaml'),
    db: join(folder, 'witness.duckdb'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What is refused: exit code 2, nothing on stdout, what is wrong and what to do on stderr. */
export function refused(problem: string, fix: string): Answer {
  return { code: 2, out: '', err: `error: ${problem}\n  fix: ${fix}\n` };
}

/** Of a file's bytes, to tell that none of them changed. */
export function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
