import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rate } from '../../ingest/event-hubs/rate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('is that of the last seconds, however long it went on before', () => {
  const rate = new Rate();
  vi.advanceTimersByTime(2_000);
  expect(rate.perSecond(1_000)).toBe(500);

  for (let second = 0; second < 100; second += 1) {
    vi.advanceTimersByTime(1_000);
    rate.perSecond(1_000);
  }
  vi.advanceTimersByTime(1_000);

  expect(rate.perSecond(2_000)).toBe(100);
});

test('is that since the last time it was told, where that is longer ago', () => {
  const rate = new Rate();
  vi.advanceTimersByTime(30_000);
  rate.perSecond(60_000);

  vi.advanceTimersByTime(20_000);

  expect(rate.perSecond(61_000)).toBe(50);
});
