import { expect, test } from 'vitest';
import { withoutPrelude } from '../../store/clickhouse/prelude.ts';

const cases = {
  'an argument takes its place': ['select x_bytes(a || b)', 'select (toInt64(length((a || b))))'],
  'one in another, the inner first': [
    'select x_text(x_int(s))',
    "select (toString(((if(match((s), '^[+-]?[0-9]+$'), toInt64OrNull((s)), null)))))",
  ],
  'commas within parentheses, texts and lists part nothing': [
    "select x_join([f(a, b)], ', (')",
    "select (arrayStringConcat(([f(a, b)]), (', (')))",
  ],
  'what is no call of ours stays': [
    "select x_unknown(a), 'x_text(a)', my_x_text -- x_text(a)\nfrom t",
    "select x_unknown(a), 'x_text(a)', my_x_text -- x_text(a)\nfrom t",
  ],
  'a name of a parameter within a text of the function is none': [
    "select x_is_version_of(a, 'gpt')",
    "select (startsWith((a), ('gpt')) and match(substringUTF8((a), lengthUTF8(('gpt')) + 1), '^[-@:][0-9][0-9.-]*$'))",
  ],
} as const;

test.each(Object.entries(cases))('%s', (_, [sql, expected]) => {
  expect(withoutPrelude(sql)).toBe(expected);
});

test('a call with too few arguments is our bug, and says which', () => {
  expect(() => withoutPrelude('select x_join(a)')).toThrow('x_join takes 2 arguments, not 1');
});
