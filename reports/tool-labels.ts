import { named } from './reading.ts';

interface Tool {
  readonly server: string | null;
  readonly tool: string | null;
}

/** What to call each tool: its name, and where several servers have one of that name, its server too. */
export function toolLabels(tools: readonly Tool[]): (tool: Tool) => string {
  const byName = Map.groupBy(tools, ({ tool }) => tool);
  return ({ server, tool }) => {
    const name = named(tool, '(no tool)');
    const servers = new Set(byName.get(tool)?.map((each) => each.server));
    return servers.size > 1 ? `${name} at ${named(server, '(no server)')}` : name;
  };
}
