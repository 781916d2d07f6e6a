import { UserError } from '../core/errors.ts';
import {
  FAULT_NAMES,
  FAULTS,
  type FaultEntry,
  type FaultName,
  type Faults,
} from './fault-table.ts';

export type { FaultName, Faults } from './fault-table.ts';

/** Modest: what a well-kept fleet still has. Each call without an agent is one more unknown agent. */
export const DEFAULT_FAULTS: Faults = sizes(({ usual }) => usual);

/** Evidence in which nothing is missing, doubled or late. */
export const NO_FAULTS: Faults = sizes(() => 0);

/**
 * The hard mix: 30 % of the calls without a trace id, 25 % without a session id (those that lose it
 * and the clients that have none), 10 % without an agent id on a side, clocks up to 1.5 s off either
 * way, 3 % duplicates, and of everything else what is seen in the field.
 */
export const HARD_MIX: Faults = sizes(({ hard }) => hard);

const PRESETS: Readonly<Record<string, Faults>> = {
  none: NO_FAULTS,
  usual: DEFAULT_FAULTS,
  hard: HARD_MIX,
};

const MAX_MS = 3_600_000;

/** Reads 'no_trace=0.1,skew_ms=1500'. A preset may come first: 'hard,late=0'; else it is 'usual'. */
export function parseFaults(text: string): Faults {
  const [first = '', ...rest] = text.split(',').map((piece) => piece.trim());
  const preset = Object.hasOwn(PRESETS, first) ? PRESETS[first] : undefined;
  const given: Partial<Record<FaultName, number>> = {};
  for (const part of preset ? rest : [first, ...rest]) {
    if (part === '') continue;
    const [name = '', value = ''] = part.split('=', 2).map((piece) => piece.trim());
    if (!isFaultName(name)) throw unknownFault(name);
    given[name] = parseSize(name, value);
  }
  return { ...(preset ?? DEFAULT_FAULTS), ...given };
}

function sizes(sizeOf: (entry: FaultEntry) => number): Faults {
  return Object.fromEntries(FAULT_NAMES.map((name) => [name, sizeOf(FAULTS[name])])) as Faults;
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function parseSize(name: FaultName, value: string): number {
  const size = value === '' ? Number.NaN : Number(value);
  const isShare = FAULTS[name].unit === 'share';
  if (size >= 0 && size <= (isShare ? 1 : MAX_MS)) return size;
  throw new UserError(
    'usage_invalid',
    `'${value}' is not a size for the fault '${name}'.`,
    isShare
      ? `Write a share of the calls from 0 to 1, such as '${name}=0.05'.`
      : `Write milliseconds from 0 to ${MAX_MS}, such as '${name}=1500'.`,
  );
}

function unknownFault(name: string): UserError {
  return new UserError(
    'usage_invalid',
    `There is no fault named '${name}'.`,
    `Begin with a preset (${Object.keys(PRESETS).join(', ')}) or use any of: ${FAULT_NAMES.join(', ')}.`,
  );
}
