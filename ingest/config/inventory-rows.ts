import type { YamlDocument } from '../../core/yaml-file.ts';
import { configInvalid, readFilledDocument } from './document.ts';
import { type KeyedRow, refuseDuplicates } from './duplicates.ts';
import { instantAt, type Validity, validityOf } from './validity.ts';

interface Dated {
  readonly from?: string;
  readonly to?: string;
}

interface ServerEntry extends Dated {
  readonly id: string;
  readonly names?: readonly string[];
  readonly hosts?: readonly string[];
  readonly owner?: string;
  readonly environment?: string;
  readonly region?: string;
  readonly approved?: boolean;
  readonly cost_center?: string;
}

interface AgentEntry extends Dated {
  readonly id: string;
  readonly id_kind?: string;
  readonly names?: readonly string[];
  readonly owner?: string;
  readonly environment?: string;
  readonly cost_center?: string;
  readonly approved?: boolean;
  readonly expires_at?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface ToolEntry extends Dated {
  readonly server: string;
  readonly name: string;
  readonly class: string;
  readonly approval?: string;
}

interface Inventory {
  readonly servers?: readonly ServerEntry[];
  readonly agents?: readonly AgentEntry[];
  readonly tools?: readonly ToolEntry[];
}

/** The checked content of one inventory file, as rows for the tables. */
export interface InventoryRows {
  readonly path: string;
  readonly servers: readonly object[];
  readonly serverNames: readonly object[];
  readonly agents: readonly object[];
  readonly agentNames: readonly object[];
  readonly tools: readonly object[];
}

/** Reads inventory files; what contradicts itself, within a file or between two, is refused. */
export function readInventory(
  paths: readonly string[],
  asStored: (agentId: string) => string,
): InventoryRows[] {
  const documents = paths.map((path) => readFilledDocument(path, 'inventory'));
  refuseDuplicates(documents.flatMap(keyedRows));
  const serverIds = new Set(
    documents.flatMap((document) => (contentOf(document).servers ?? []).map(({ id }) => id)),
  );
  for (const document of documents) refuseUnknownServers(document, serverIds);
  return documents.map((document) => rowsOf(document, asStored));
}

function contentOf(document: YamlDocument): Inventory {
  return document.value as Inventory;
}

function keyedRows(document: YamlDocument): KeyedRow[] {
  const { servers = [], agents = [], tools = [] } = contentOf(document);
  const keyed = (list: string, index: number, entry: Dated, key: string, label: string) => {
    const path = [list, index];
    return { key, label, document, path, validity: validityOf(document, path, entry) };
  };
  return [
    ...servers.map((server, index) =>
      keyed('servers', index, server, `server ${fold(server.id)}`, `The server '${server.id}'`),
    ),
    ...agents.map((agent, index) =>
      keyed('agents', index, agent, `agent ${fold(agent.id)}`, `The agent '${agent.id}'`),
    ),
    ...tools.map((tool, index) =>
      keyed(
        'tools',
        index,
        tool,
        `tool ${JSON.stringify([fold(tool.server), tool.name])}`,
        `The tool '${tool.name}' of '${tool.server}'`,
      ),
    ),
  ];
}

/** Telemetry writes ids in any case. */
function fold(id: string): string {
  return id.toLowerCase();
}

function refuseUnknownServers(document: YamlDocument, known: ReadonlySet<string>): void {
  for (const [index, { server }] of (contentOf(document).tools ?? []).entries()) {
    if (known.has(server)) continue;
    throw configInvalid(
      document,
      ['tools', index, 'server'],
      `no server has the id '${server}'.`,
      known.size > 0
        ? `Use one of: ${[...known].toSorted().join(', ')}; or add it under 'servers'.`
        : "Add it under 'servers'.",
    );
  }
}

function rowsOf(document: YamlDocument, asStored: (agentId: string) => string): InventoryRows {
  const { servers = [], agents = [], tools = [] } = contentOf(document);
  return {
    path: document.file,
    servers: servers.map((server, position) => ({
      position,
      server_id: server.id,
      owner: server.owner,
      environment: server.environment,
      region: server.region,
      approved: server.approved,
      cost_center: server.cost_center,
      ...columnsOf(validityOf(document, ['servers', position], server)),
    })),
    serverNames: servers.flatMap(({ id, names = [], hosts = [] }) =>
      [id, ...names, ...hosts].map((name) => ({ server_id: id, name })),
    ),
    agents: agents.map((agent, position) => ({
      position,
      agent_id: asStored(agent.id),
      agent_id_kind: agent.id_kind,
      display_name: agent.names?.[0],
      owner: agent.owner,
      environment: agent.environment,
      cost_center: agent.cost_center,
      approved: agent.approved,
      expires_at: instantAt(document, ['agents', position, 'expires_at'], agent.expires_at),
      tags: agent.tags,
      ...columnsOf(validityOf(document, ['agents', position], agent)),
    })),
    agentNames: agents.flatMap(({ id, names = [] }) =>
      [id, ...names].map((name) => ({ agent_id: asStored(id), name: asStored(name) })),
    ),
    tools: tools.map((tool, position) => ({
      position,
      server_id: tool.server,
      tool_pattern: tool.name,
      tool_class: tool.class,
      approval: tool.approval,
      ...columnsOf(validityOf(document, ['tools', position], tool)),
    })),
  };
}

function columnsOf({ from, to }: Validity): object {
  return { valid_from: from, valid_to: to };
}
