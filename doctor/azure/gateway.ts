import type { Json, Management } from '../../ingest/azure/management.ts';
import { shortName } from '../estate.ts';
import { inGroups } from './in-groups.ts';
import { DIAGNOSTICS_VERSION } from './lines.ts';

/** A diagnostic in force for MCP: of all APIs, or of the one that has its own. */
export interface Diagnostic {
  readonly gateway: string;
  readonly api: string | undefined;
  /** 'applicationinsights' or 'azuremonitor'. */
  readonly name: string;
  readonly properties: Json;
}

export interface GatewayFacts {
  readonly id: string;
  readonly name: string;
  /** APIs that are MCP servers, as far as that can be told. */
  readonly mcpApis: readonly string[];
  /** MCP servers beyond those: there are too many to look at each. */
  readonly unread: number;
  readonly inForce: readonly Diagnostic[];
}

/** The first version that has `type: mcp`; where it is unknown, the stable one, and paths tell. */
const APIS_VERSION = '2025-09-01-preview';
/** Each has diagnostics of its own to be asked for. */
const MAX_MCP_APIS = 200;

/** Reads how a gateway logs; undefined: there is no such service. UserError: it cannot be read. */
export async function readGateway(
  management: Management,
  id: string,
  knownMcpApis: readonly string[],
): Promise<GatewayFacts | undefined> {
  const service = await diagnosticsAt(management, id, undefined, id);
  if (service === undefined) return undefined;
  const all = await mcpApisOf(management, id, knownMcpApis);
  const mcpApis = all.slice(0, MAX_MCP_APIS);
  const own = await inGroups(mcpApis, (api) =>
    diagnosticsAt(management, id, api, `${id}/apis/${api}`),
  );
  const unread = all.length - mcpApis.length;
  const inForce = inForceOf(
    service,
    own.flatMap((each) => each ?? []),
    mcpApis,
  );
  return { id, name: shortName(id), mcpApis, unread, inForce };
}

/** An API's own diagnostic replaces that of all APIs, each by its name. */
function inForceOf(
  service: readonly Diagnostic[],
  own: readonly Diagnostic[],
  mcpApis: readonly string[],
): Diagnostic[] {
  const replaced = (name: string) =>
    mcpApis.length > 0 &&
    mcpApis.every((api) => own.some((each) => each.api === api && each.name === name));
  return [...service.filter(({ name }) => !replaced(name)), ...own];
}

async function diagnosticsAt(
  management: Management,
  gateway: string,
  api: string | undefined,
  scope: string,
): Promise<Diagnostic[] | undefined> {
  const found = await management.list(`${scope}/diagnostics`, DIAGNOSTICS_VERSION);
  return found?.map((each) => ({
    gateway,
    api,
    name: nameOf(each).toLowerCase(),
    properties: objectOf(each['properties']),
  }));
}

/** By their type, where the service has one for it; else by their path, or because calls were seen at them. */
async function mcpApisOf(
  management: Management,
  id: string,
  known: readonly string[],
): Promise<string[]> {
  const path = `${id}/apis`;
  const filter = `&$filter=${encodeURIComponent("type eq 'mcp'")}`;
  const typed = await management.list(path, APIS_VERSION, filter).catch(() => []);
  const all = (await management.list(path, DIAGNOSTICS_VERSION)) ?? [];
  const found = [...(typed ?? []), ...all].filter((api) => isMcp(api, known));
  return [...new Set(found.map(nameOf))].sort();
}

function isMcp(api: Json, known: readonly string[]): boolean {
  const { type, path, apiType } = objectOf(api['properties']);
  if (String(type ?? apiType).toLowerCase() === 'mcp') return true;
  if (known.includes(nameOf(api).toLowerCase())) return true;
  return /(^|\/)(mcp|sse|messages?)$/i.test(String(path ?? ''));
}

/** A revision is the same API. */
function nameOf(resource: Json): string {
  return String(resource['name'] ?? '').split(';')[0] ?? '';
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

/** What stands at 'frontend.response.body.bytes'. */
export function valueAt(json: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => objectOf(value)[key], json);
}
