#!/usr/bin/env node
import { constants } from 'node:os';
import { systemReason } from '../core/errors.ts';
import { flushTelemetry } from '../core/own-telemetry.ts';
import { stopAll } from '../core/under-way.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { nodeComplaint } from './node-version.ts';
import { programName } from './program-name.ts';

const abort = new AbortController();
const isTerminal = process.stderr.isTTY === true;
let hasProgressLine = false;

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => {
    clearProgress();
    process.stderr.write(text);
  },
  progress: (text) => {
    if (!isTerminal) return;
    process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    hasProgressLine = true;
  },
  now: () => new Date(),
  program: programName({
    script: process.argv[1] ?? '',
    node: process.execPath,
    folder: process.cwd(),
    env: process.env,
  }),
  node: process.versions.node,
  env: process.env,
  self: { pid: process.pid, isRunning },
  signal: abort.signal,
  isStoppable: false,
  exitCode: ExitCode.ok,
};

/** Whether a process of this machine runs; one of somebody else's does, although it may not be asked. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function clearProgress(): void {
  if (hasProgressLine) process.stderr.write('\r\u001b[K');
  hasProgressLine = false;
}

/** Node waits for what runs outside of JavaScript, so that has to stop first. */
function endAtOnce(code: number): never {
  stopAll();
  process.exit(code);
}

let isEnding = false;

/** Ends when what was kept of our own work has been sent, where somebody wants it. */
function end(code: number): void {
  if (isEnding) return;
  isEnding = true;
  const flushing = flushTelemetry(code);
  if (flushing === undefined) endAtOnce(code);
  void flushing.then(() => flushed(process.stderr)).finally(() => endAtOnce(code));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const code = 128 + constants.signals[signal];
    if (abort.signal.aborted || isEnding) {
      clearProgress();
      endAtOnce(code);
    }
    if (!io.isStoppable) {
      clearProgress();
      end(code);
      return;
    }
    abort.abort();
    io.err('Stopping when what was read is stored; once more stops at once.\n');
  });
}
// Who pipes into `head` closes the pipe early; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return end(ExitCode.ok);
  io.err(
    `error: Cannot write to standard output: ${systemReason(error)}.\n  fix: Write it where there is room.\n`,
  );
  return end(ExitCode.invalid);
});
// Notes that nobody can read are no reason to keep the answer back.
process.stderr.on('error', () => undefined);

/** All that was written has left the process. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

const complaint = nodeComplaint(process.versions.node);
if (complaint === undefined) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2), io);
} else {
  io.err(complaint);
  process.exitCode = ExitCode.invalid;
}
clearProgress();
await flushed(process.stdout);
await flushed(process.stderr);
// The client of Event Hubs may leave a timer of its longest wait behind, which would hold the process.
end(Number(process.exitCode));
