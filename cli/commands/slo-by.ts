import { Option } from 'commander';
import type { SloDefinitions } from '../../slo/definition.ts';
import type { Io } from '../io.ts';

/** What verdicts can be broken down by, and the column that it is. */
const COLUMNS: Readonly<Record<string, string>> = {
  agent: 'agent_id',
  tool: 'tool_name',
  server: 'server_id',
  tool_class: 'tool_class',
  environment: 'environment',
  cost_center: 'cost_center',
};

/** `--by`: whose share of the budget is whose. */
export function byOption(): Option {
  return new Option('--by <what>', 'break each objective down, worst first').choices(
    Object.keys(COLUMNS),
  );
}

/** `--mix`: whether a difference is one of what was asked for, or of how it went. */
export function mixOption(): Option {
  return new Option('--mix <what>', 'how much of a difference is another mix of these').choices(
    Object.keys(COLUMNS),
  );
}

export function columnOf(by: string | undefined): string | null {
  return by === undefined ? null : (COLUMNS[by] ?? null);
}

/** Says of which promises there is less to break down, and why. */
export function saySlices({ definitions }: SloDefinitions, less: string, io: Io): void {
  const sliced = definitions.filter((each) => each.kind === 'objective' && each.timeslice !== null);
  for (const slo of new Set(sliced.map((each) => each.slo))) {
    io.err(`${slo}: ${less}, as the promise is about slices of time\n`);
  }
}
