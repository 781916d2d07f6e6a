import { Option } from 'commander';

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

export function columnOf(by: string | undefined): string | null {
  return by === undefined ? null : (COLUMNS[by] ?? null);
}
