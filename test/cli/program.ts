import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { packagePath, packageRoot } from '../../core/package-root.ts';

const BIN = packagePath('cli', 'bin.ts');

export interface Ended {
  /** NULL when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** What it has said on standard error so far. */
  readonly said: () => string;
}

/** Starts the real program, its output on pipes. */
export function start(
  args: readonly string[],
  {
    cwd = process.cwd(),
    env = {},
    bin = BIN,
  }: { cwd?: string; env?: Record<string, string>; bin?: string } = {},
): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended, said: () => err };
}

/** Runs the real program to its end. */
export function run(...given: Parameters<typeof start>): Promise<Ended> {
  return start(...given).ended;
}

/** Runs the real program; says which packages, and which folders of ours, it has loaded code of. */
export async function loadedBy(args: readonly string[], emptyFolder: string) {
  const ended = await run(args, { env: { NODE_V8_COVERAGE: emptyFolder } });
  const root = `${pathToFileURL(packageRoot).href}/`;
  const ours = readdirSync(emptyFolder)
    .flatMap((name) => urlsIn(readFileSync(join(emptyFolder, name), 'utf8')))
    .filter((url) => url.startsWith(root))
    .map((url) => url.slice(root.length));
  const packages = ours.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const folders = ours
    .filter((url) => !url.startsWith('node_modules/'))
    .map((url) => url.split('/')[0]);
  return {
    ...ended,
    packages: [...new Set(packages)].sort(),
    folders: [...new Set(folders)].sort(),
  };
}

function urlsIn(coverage: string): string[] {
  const { result } = JSON.parse(coverage) as {
    readonly result: readonly { readonly url: string }[];
  };
  return result.map(({ url }) => url);
}

/** Waits for a moment in the life of the program, or for its end. */
/** What a process has computed so far; what it takes to start is less than a second. */
export function cpuSeconds(pid: number): number {
  const [, , , , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(
    ' ',
  );
  return (Number(user) + Number(system)) / 100;
}

/** Waits until something is so, or the program has ended. */
export async function until({ child }: Running, isThere: () => boolean): Promise<void> {
  while (!isThere() && child.exitCode === null) await pause(2);
}
