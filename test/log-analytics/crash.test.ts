import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Running } from '../cli/program.ts';
import { generator } from '../event-hubs/crashing.ts';
import { type Subject, subjectOver } from './program-over-peer.ts';

const ROWS = 20_000;
/** Small answers, so that there is much to be killed in; what rows are counted in fits. */
const LIMITS = { maxRows: 250, maxBytes: 10_000_000 };
const WAIT = { timeout: 60_000, interval: 50 };

/** Several whole processes one after another, on a machine that may be busy. */
vi.setConfig({ testTimeout: 240_000 });

/** What is stored in the end, of so many rows. */
const allOf = (rows: number) => ({
  ...{ rows, distinct: rows, received: rows },
  position: '2026-11-21T00:00:00.0000000Z',
});

/** Waits until a process that was just started has committed something more. */
async function moreThan(
  subject: Subject,
  before: number,
  { child, ended }: Running,
): Promise<void> {
  await vi.waitUntil(
    async () => child.exitCode !== null || (await subject.committed()) > before,
    WAIT,
  );
  if (child.exitCode !== null) expect.fail(`it ended before: ${(await ended).err}`);
}

test('killed at random points, it stores each row once', async () => {
  const rowsThere = 2 * ROWS;
  await using subject = await subjectOver({ generated: rowsThere });
  await subject.peer.tell({ limits: LIMITS, delayMs: 40 });
  const draw = generator(11);

  for (let round = 0; round < 3; round += 1) {
    const before = await subject.committed();
    await subject.peer.tell({ faults: [{ kind: 'cut' }, { kind: 'half' }, { kind: 'partial' }] });
    const running = subject.start();
    const { child, ended } = running;
    await moreThan(subject, before, running);
    // Not to wait for something: where in its work it dies is what is random.
    await sleep(draw() * 1_200);
    child.kill('SIGKILL');
    await ended;
    const { rows, distinct, received } = await subject.stored();
    expect(distinct).toBe(rows);
    expect(received).toBe(rows);
    expect(rows).toBeLessThan(rowsThere);
  }

  await subject.peer.tell({ limits: { ...LIMITS, maxRows: 10_000 }, delayMs: 0 });
  expect(await subject.start().ended).toMatchObject({ code: 0 });
  expect(await subject.stored()).toEqual(allOf(rowsThere));
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s commits what is whole and ends with 130',
  async (signal) => {
    await using subject = await subjectOver({ generated: ROWS });
    await subject.peer.tell({ limits: LIMITS, holdAfter: 40 });
    const running = subject.start();
    const { child, ended } = running;
    await moreThan(subject, 0, running);

    child.kill(signal);
    const { code, err } = await ended;

    expect(err).toContain('Stopping when what was read is stored; once more stops at once.\n');
    expect(err).toContain(
      'Interrupted: what was counted is stored. Repeat the command to read the rest.\n',
    );
    expect(code).toBe(130);
    const { rows, received } = await subject.stored();
    expect(rows).toBe(received);
    expect(rows).toBeGreaterThan(0);
    await subject.peer.tell({ holdAfter: 1_000_000, limits: { ...LIMITS, maxRows: 10_000 } });
    expect(await subject.start().ended).toMatchObject({ code: 0 });
    expect(await subject.stored()).toEqual(allOf(ROWS));
  },
);

test('ten faults on the way, and each row is stored once', async () => {
  await using subject = await subjectOver({ generated: ROWS });
  await subject.peer.tell({
    limits: { maxRows: 3_000, maxBytes: 10_000_000 },
    faults: [
      { kind: 'partial' },
      { kind: 'throttle', retryAfter: '1' },
      { kind: 'timeout', as: 'json' },
      { kind: 'timeout', as: 'html' },
      { kind: 'cut' },
      { kind: 'half' },
      { kind: 'truncated' },
      { kind: 'throttle' },
      { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' },
      { kind: 'empty' },
    ],
  });

  const { code, err } = await subject.start().ended;

  expect(err).toContain('20,000 records received = 20,000 stored + 0 duplicate');
  expect(code).toBe(0);
  expect(await subject.stored()).toEqual(allOf(ROWS));
});
