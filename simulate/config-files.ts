import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Agent, KNOWN_AGENTS } from './fleet/agents.ts';
import { MODELS_API } from './fleet/models.ts';
import { SERVERS, type Server, type Tool } from './fleet/servers.ts';

const DAY_MS = 86_400_000;

/** mcp-witness.yaml for a simulated fleet; the objectives are the built-in ones. */
export const CONFIG_YAML = `# What mcp-witness reads, and where it keeps what it learns.
store: { engine: duckdb, path: ./witness.duckdb }
sources:
  - name: telemetry
    kind: files
    paths: ["./telemetry/**/*"]
    # The gateways serve other APIs too; their requests are counted as excluded.
    apis: [${[...SERVERS.map(({ id }) => id), MODELS_API].join(', ')}]
inventory: [./inventory.yaml]
prices: [./prices.yaml]
correlation: { skew: 2s, lateness: 24h, session_idle: 30m }
`;

/** Writes the config with which to read what was simulated. */
export function writeConfig(folder: string, from: Date, to: Date): void {
  writeFileSync(join(folder, 'mcp-witness.yaml'), CONFIG_YAML);
  writeFileSync(join(folder, 'inventory.yaml'), inventoryYaml(from, to));
  writeFileSync(join(folder, 'prices.yaml'), pricesYaml(from));
}

/** Who owns which server and agent, and what each tool may do. */
export function inventoryYaml(from: Date, to: Date): string {
  const expires = new Date(to.getTime() + 180 * DAY_MS).toISOString().slice(0, 10);
  return [
    `# The fleet from ${from.toISOString().slice(0, 10)} on.`,
    'servers:',
    ...SERVERS.map((server) => `  - { ${serverEntry(server)} }`),
    'agents:',
    ...KNOWN_AGENTS.map((agent) => `  - { ${agentEntry(agent, expires)} }`),
    'tools:',
    ...SERVERS.flatMap(({ id, tools }) => tools.map((tool) => `  - { ${toolEntry(id, tool)} }`)),
    '',
  ].join('\n');
}

function serverEntry(server: Server): string {
  return [
    `id: ${server.id}`,
    `names: [${[...new Set([server.id, server.roleName])].join(', ')}]`,
    `hosts: [${server.host}]`,
    `owner: ${server.owner}`,
    `environment: ${server.environment}`,
    `region: ${server.gateway.region}`,
    'approved: true',
  ].join(', ');
}

function agentEntry(agent: Agent, expires: string): string {
  const entry = [
    `id: ${agent.id}`,
    `names: [${agent.name}, ${agent.appId}]`,
    `environment: ${agent.environment}`,
  ];
  if (agent.owner !== undefined) entry.push(`owner: ${agent.owner}`, `expires_at: ${expires}`);
  if (agent.costCenter !== undefined) entry.push(`cost_center: ${agent.costCenter}`);
  return entry.join(', ');
}

function toolEntry(server: string, { name, toolClass, needsApproval }: Tool): string {
  const approval = needsApproval ? ', approval: required' : '';
  return `server: ${server}, name: ${name}, class: ${toolClass}${approval}`;
}

/** Prices with their units and dates. One model has none on purpose: its use stays unpriced. */
export function pricesYaml(from: Date): string {
  const start = new Date(from.getTime() - 30 * DAY_MS).toISOString().slice(0, 10);
  const line = (text: string) => `  - { ${text}, currency: USD, from: ${start} }`;
  return [
    'prices:',
    line('meter: input_tokens, model: gpt-4.1-mini, unit: "1M tokens", price: "0.40"'),
    line('meter: output_tokens, model: gpt-4.1-mini, unit: "1M tokens", price: "1.60"'),
    line('meter: input_tokens, model: gpt-4.1, unit: "1M tokens", price: "2.00"'),
    line('meter: output_tokens, model: gpt-4.1, unit: "1M tokens", price: "8.00"'),
    line('meter: tool_call, server: search-mcp, tool: "*", unit: "1 call", price: "0.005"'),
    line('meter: tool_call, server: billing-mcp, tool: "*", unit: "1 call", price: "0.002"'),
    line('meter: fixed, name: apim-gateway, unit: "1 month", price: "700", allocate_by: calls'),
    '',
  ].join('\n');
}
