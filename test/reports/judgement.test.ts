import { expectTypeOf, test } from 'vitest';
import type { Judgement as Wanted } from '../../reports/judgement.ts';
import type { Judgement as Given } from '../../slo/judgement.ts';

test('what the judge gives is what a report takes', () => {
  expectTypeOf<Given>().toExtend<Wanted>();
});
