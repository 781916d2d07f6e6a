import { expect, test } from 'vitest';
import { pool } from '../../bench/quality/pool.ts';
import { type Calibration, miscalibrations } from '../../bench/quality/tables.ts';

function band(matches: number, stated: number, true_matches: number): Calibration {
  return { band: 'b', matches, stated_matches: matches * stated, true_matches };
}

function verdict(...bands: Calibration[]): string[] {
  return miscalibrations({
    rungs: [],
    calibration: pool(bands),
    choices: [],
    losses: {
      lost: 0,
      used_twice: 0,
      told_in_several_rows: 0,
      strange_attempts: 0,
      no_true_call: 0,
    },
  });
}

test('a share that may be missed by chance is not judged, however well it is met', () => {
  expect(verdict(band(900, 0.6, 540))).toEqual([
    'confidence b: 900 matches are too few to judge; more seeds have more',
  ]);
});

test('the runs of several seeds are judged together', () => {
  expect(verdict(band(900, 0.6, 520), band(900, 0.6, 580))).toEqual([]);
});

test('what can be judged is off by at most three points', () => {
  expect(verdict(band(10_000, 0.6, 5_710))).toEqual([]);
  expect(verdict(band(10_000, 0.6, 5_690))).toEqual(['confidence b: 0.6 is true for 0.569']);
});
