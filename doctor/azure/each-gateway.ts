import { UserError } from '../../core/errors.ts';
import type { Management } from '../../ingest/azure/management.ts';
import { type Finding, failed, ok, Skipped, skipped } from '../check.ts';
import { type Resource, shortName } from '../estate.ts';
import { toldAs } from '../examine.ts';
import type { Patient } from '../patient.ts';
import { counted, listed } from '../words.ts';
import { type Diagnostic, type GatewayFacts, readGateway } from './gateway.ts';
import type { DiagnosticPlace } from './lines.ts';

const READ = new WeakMap<Patient, Map<string, Promise<GatewayFacts | undefined>>>();

/** A gateway's settings, read once for all checks. */
export function factsOf(
  patient: Patient,
  management: Management,
  id: string,
): Promise<GatewayFacts | undefined> {
  const read = READ.get(patient) ?? new Map<string, Promise<GatewayFacts | undefined>>();
  READ.set(patient, read);
  const known = read.get(id);
  if (known) return known;
  const asked = mcpApisSeen(patient).then((apis) => readGateway(management, id, apis));
  read.set(id, asked);
  return asked;
}

/** What the check finds of each gateway; why one cannot be read is told by another check. */
export async function eachGateway(
  patient: Patient,
  lookAt: (gateway: GatewayFacts) => readonly Finding[],
): Promise<Finding[]> {
  const gateways = await patient.estate.gateways();
  const management = await patient.estate.management();
  const findings: Finding[] = [];
  const unread: string[] = [];
  for (const { id } of gateways) {
    const facts = await factsOf(patient, management, id).catch(() => undefined);
    if (facts) findings.push(...lookAt(facts));
    else unread.push(shortName(id));
  }
  const notLookedAt = `cannot be read: ${unread.join(', ')}; see gateways`;
  if (findings.length === 0) throw new Skipped(notLookedAt);
  return unread.length === 0 ? findings : [...findings, skipped(notLookedAt)];
}

/** Whether each gateway can be read. */
export async function readAll(patient: Patient): Promise<Finding[]> {
  const gateways = await patient.estate.gateways();
  const management = await patient.estate.management();
  const { objectId } = await patient.estate.signedIn();
  return Promise.all(
    gateways.map((gateway) =>
      factsOf(patient, management, gateway.id).then(
        (facts) => readTold(gateway, facts),
        (error: unknown) => unreadTold(gateway, error, objectId),
      ),
    ),
  );
}

function readTold({ id, isNamed }: Resource, facts: GatewayFacts | undefined): Finding {
  if (facts === undefined && !isNamed) return skipped(goneText(id));
  if (facts === undefined) {
    return failed(`there is no API Management service ${shortName(id)}`, {
      mend: "az apim list --query '[].id' -o tsv   # and correct 'azure.api_management' in the config",
    });
  }
  const { name, mcpApis, unread, inForce } = facts;
  const apis = mcpApis.length === 0 ? 'no API that is known for MCP' : `MCP: ${listed(mcpApis)}`;
  const more = unread === 0 ? '' : `; ${counted(unread, 'API')} more were not looked at`;
  return ok(`${name}: ${apis}${more}; ${counted(inForce.length, 'diagnostic')} in force`);
}

/** Who was not asked to look at a resource need not be let in. */
function unreadTold(
  { id, isNamed }: Resource,
  error: unknown,
  objectId: string | undefined,
): Finding {
  const finding = toldAs(error);
  const isDenied = error instanceof UserError && error.code === 'access_denied';
  const mend = finding.mend?.replace('PRINCIPAL_ID', objectId ?? 'PRINCIPAL_ID') ?? '';
  if (isNamed || !isDenied) return { ...finding, mend };
  return {
    state: 'skipped',
    found: `${shortName(id)}, which the evidence is from, may not be read by who is signed in`,
    mend,
  };
}

/** Of a resource that only evidence names. */
export function goneText(id: string): string {
  return `${shortName(id)}, which the evidence is from, is not there, or not to be seen by who is signed in`;
}

/** APIs that tool calls were seen at, by the gateway's name for them. */
async function mcpApisSeen(patient: Patient): Promise<string[]> {
  try {
    const store = await patient.evidence();
    const rows = await store.query<{ api: string }>('doctor/azure/mcp_apis_seen.sql');
    return rows.map(({ api }) => api);
  } catch {
    // Types and paths alone tell then.
    return [];
  }
}

/** 'all APIs of NAME', 'the API weather of NAME'. */
export function scopeText({ gateway, api }: Diagnostic): string {
  return `${api === undefined ? 'all APIs' : `the API ${api}`} of ${shortName(gateway)}`;
}

export function placeOf({ gateway, api, name }: Diagnostic, endpoint: string): DiagnosticPlace {
  return { gateway, api, diagnostic: name, endpoint };
}
