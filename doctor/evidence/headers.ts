import { changeDiagnostic, withHeaders } from '../azure/lines.ts';
import { type Check, type Finding, ok, Skipped, warning } from '../check.ts';
import { isArmId, shortName } from '../estate.ts';
import type { Patient } from '../patient.ts';
import { counted, percentText } from '../words.ts';
import { gatewayToMend } from './gateway-to-mend.ts';

interface HeadersOfGateway {
  readonly resource_id: string | null;
  readonly source_table: string;
  readonly calls: number;
  readonly with_session: number;
  readonly with_trace: number;
  readonly with_agent: number;
  readonly with_tool: number;
}

/** Below it, the header is not logged; above it, some clients do not send it. */
const RARE = 0.5;

/** What a request should bring: how many did, what it is called, and the headers that carry it. */
const WANTED = [
  ['with_session', 'session id', ['Mcp-Session-Id']],
  ['with_trace', 'trace', ['traceparent']],
  ['with_agent', "agent's id", ['x-agent-id']],
  ['with_tool', 'tool name', ['Mcp-Method', 'Mcp-Name']],
] as const;

export const headers: Check = {
  name: 'headers',
  area: 'evidence',
  asks: "Do the gateway's requests bring session, trace, agent and tool, so that they can be joined and attributed?",
  async examine(patient) {
    const store = await patient.evidence();
    const all = await store.query<HeadersOfGateway>('doctor/evidence/headers_by_gateway.sql');
    if (all.length === 0) throw new Skipped("no gateway's request of a tool is stored yet");
    const findings: Finding[] = [];
    for (const each of all) findings.push(await lookAt(each, patient));
    const troubles = findings.filter(({ state }) => state !== 'ok');
    if (troubles.length > 0) return troubles;
    return ok(summaryOf(all));
  },
};

async function lookAt(gateway: HeadersOfGateway, patient: Patient): Promise<Finding> {
  const { resource_id: id, source_table: table, calls } = gateway;
  const name = `${id === null ? table : shortName(id)} (${table})`;
  const shares = WANTED.map(
    ([count, what]) => `${what} ${percentText(Number(gateway[count]), Number(calls))}`,
  );
  const found = `${name}: of ${counted(calls, 'request')} that called a tool, ${shares.join(', ')}`;
  // The MCP rows of the same request name tool and session where no header does.
  const rare = WANTED.filter(([count]) => Number(gateway[count]) < Number(calls) * RARE);
  const missing = rare.filter(([count]) => count === 'with_trace' || count === 'with_agent');
  if (missing.length === 0) return ok(found);
  const names = rare.flatMap(([, , headerNames]) => headerNames);
  return warning(found, {
    why: `Without ${missing.map(([, what]) => what).join(' and ')}, calls are joined by time and cannot be attributed`,
    mend: await headersMend(id, table, names, patient),
  });
}

/** The least share of each, over all gateways. */
function summaryOf(all: readonly HeadersOfGateway[]): string {
  const shares = WANTED.map(([count, what]) => {
    const lowest = all.reduce((a, b) =>
      Number(b[count]) * Number(a.calls) < Number(a[count]) * Number(b.calls) ? b : a,
    );
    return `${what} ${percentText(Number(lowest[count]), Number(lowest.calls))}`;
  });
  const calls = all.reduce((sum, each) => sum + Number(each.calls), 0);
  return `${counted(calls, 'request')} that called a tool, in ${counted(all.length, 'log')}; with ${shares.join(', ')} or more`;
}

async function headersMend(
  id: string | null,
  table: string,
  names: readonly string[],
  patient: Patient,
): Promise<string> {
  const known = await gatewayToMend(patient);
  const isService = id?.includes('/microsoft.apimanagement/service/') === true && isArmId(id);
  const place = {
    ...known,
    ...(isService && { gateway: id }),
    api: undefined,
    diagnostic: table.startsWith('App') ? 'applicationinsights' : 'azuremonitor',
  };
  const changes = [withHeaders('frontend', 'request', names)];
  if (names.includes('traceparent'))
    changes.push(withHeaders('backend', 'request', ['traceparent']));
  return changeDiagnostic(place, changes);
}
