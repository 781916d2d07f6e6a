import type { Management } from '../../ingest/azure/management.ts';
import { type Check, type Finding, failed, ok, Skipped, warning } from '../check.ts';
import { shortName } from '../estate.ts';
import { factsOf } from './each-gateway.ts';
import { type GatewayFacts, objectOf } from './gateway.ts';
import { inGroups } from './in-groups.ts';
import { DIAGNOSTICS_VERSION } from './lines.ts';

export const gatewayPolicies: Check = {
  name: 'gateway-policies',
  area: 'azure',
  asks: 'Does a policy read or hold back the answers of MCP servers?',
  async examine(patient) {
    const gateways = await patient.estate.gateways();
    const management = await patient.estate.management();
    const findings: Finding[] = [];
    for (const { id } of gateways) {
      const facts = await factsOf(patient, management, id).catch(() => undefined);
      if (facts) findings.push(...(await lookAt(management, facts)));
    }
    if (findings.length === 0) throw new Skipped('no gateway can be read; see gateways');
    return findings;
  },
};

async function lookAt(management: Management, { id, mcpApis }: GatewayFacts): Promise<Finding[]> {
  const found = await inGroups([undefined, ...mcpApis], async (api) => {
    const xml = await policyAt(management, api === undefined ? id : `${id}/apis/${api}`);
    return problemsOf(xml, api === undefined ? 'all APIs' : `the API ${api}`, id);
  });
  const findings = found.flat();
  if (findings.length > 0) return findings;
  return [ok(`${shortName(id)}: no policy reads answers of MCP servers`)];
}

async function policyAt(management: Management, scope: string): Promise<string> {
  const path = `${scope}/policies/policy`;
  const found = await management.find(path, DIAGNOSTICS_VERSION, '&format=rawxml');
  const { value } = objectOf(found?.['properties']);
  // What is commented out does nothing.
  return typeof value === 'string' ? value.replaceAll(/<!--[\s\S]*?-->/g, '') : '';
}

function problemsOf(xml: string, scope: string, id: string): Finding[] {
  const where = `the policy of ${scope} of ${shortName(id)}`;
  const findings: Finding[] = [];
  if (/context\.Response\.Body/.test(xml)) {
    findings.push(
      failed(`${where} reads context.Response.Body`, {
        why: 'The gateway then waits for the whole answer, and streams of MCP break',
        mend: `<choose>\n  <when condition="@(context.Api.Path.EndsWith(&quot;mcp&quot;) == false)">\n    <!-- what reads context.Response.Body -->\n  </when>\n</choose>`,
      }),
    );
  }
  if (/<forward-request\b[^>]*buffer-response="true"/.test(xml)) {
    findings.push(
      warning(`${where} holds answers back (buffer-response="true")`, {
        why: 'Events of a stream come all at once, when it ends',
        mend: '<forward-request buffer-response="false" />',
      }),
    );
  }
  return findings;
}
