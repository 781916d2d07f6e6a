import { expect, test } from 'vitest';
import { FAULT_NAMES } from '../../simulate/fault-table.ts';
import { DEFAULT_FAULTS, HARD_MIX, NO_FAULTS, parseFaults } from '../../simulate/faults.ts';

const texts = {
  'nothing named keeps the defaults': ['', DEFAULT_FAULTS],
  'one rate': ['no_trace=0.1', { ...DEFAULT_FAULTS, no_trace: 0.1 }],
  'several, with spaces': [
    ' no_trace = 1 , skew_ms=1500 ',
    { ...DEFAULT_FAULTS, no_trace: 1, skew_ms: 1500 },
  ],
  'all off': [
    Object.keys(DEFAULT_FAULTS)
      .map((name) => `${name}=0`)
      .join(','),
    NO_FAULTS,
  ],
  'a preset': ['hard', HARD_MIX],
  'a preset, and what differs from it': ['hard, late=0', { ...HARD_MIX, late: 0 }],
  'no faults but one': ['none,no_trace=0.3', { ...NO_FAULTS, no_trace: 0.3 }],
  'the last one counts': ['late=0.5,late=0.25', { ...DEFAULT_FAULTS, late: 0.25 }],
} as const;

test.each(Object.entries(texts))('%s', (_, [text, faults]) => {
  expect(parseFaults(text)).toEqual(faults);
});

const refused = {
  'an unknown name': [
    'no_trase=0.1',
    "There is no fault named 'no_trase'.",
    `Begin with a preset (none, usual, hard) or use any of: ${FAULT_NAMES.join(', ')}.`,
  ],
  'a name of every object': [
    'constructor=1',
    "There is no fault named 'constructor'.",
    `Begin with a preset (none, usual, hard) or use any of: ${FAULT_NAMES.join(', ')}.`,
  ],
  'a rate above one': [
    'late=1.1',
    "'1.1' is not a size for the fault 'late'.",
    "Write a share of the calls from 0 to 1, such as 'late=0.05'.",
  ],
  'a negative rate': [
    'late=-0.1',
    "'-0.1' is not a size for the fault 'late'.",
    "Write a share of the calls from 0 to 1, such as 'late=0.05'.",
  ],
  'no value': [
    'late',
    "'' is not a size for the fault 'late'.",
    "Write a share of the calls from 0 to 1, such as 'late=0.05'.",
  ],
  'a preset that is not the first': [
    'late=0.1,hard',
    "There is no fault named 'hard'.",
    `Begin with a preset (none, usual, hard) or use any of: ${FAULT_NAMES.join(', ')}.`,
  ],
  'a skew of days': [
    'skew_ms=86400000',
    "'86400000' is not a size for the fault 'skew_ms'.",
    "Write milliseconds from 0 to 3600000, such as 'skew_ms=1500'.",
  ],
} as const;

test.each(Object.entries(refused))(
  '%s is refused, with what to write',
  (_, [text, message, fix]) => {
    expect(() => parseFaults(text)).toThrow(
      expect.objectContaining({ code: 'usage_invalid', message, fix }),
    );
  },
);
