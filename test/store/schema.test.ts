import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';

test('each version of the schema has one file, and none is left out', () => {
  const numbers = readdirSync(packagePath('store/schema'))
    .sort()
    .map((name) => name.slice(0, 3));

  expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(3, '0')));
});
