import type { Json } from '../../ingest/azure/management.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { type Resource, shortName } from '../estate.ts';
import { toldAs } from '../examine.ts';
import type { Patient } from '../patient.ts';
import { goneText } from './each-gateway.ts';
import { objectOf } from './gateway.ts';
import { quoted } from './lines.ts';

export const COMPONENTS_VERSION = '2020-02-02';

export const insights: Check = {
  name: 'insights',
  area: 'azure',
  asks: 'Does Application Insights keep everything that it is sent, in a workspace?',
  async examine(patient) {
    const components = await patient.estate.components();
    const management = await patient.estate.management();
    const findings = await Promise.all(
      components.map(async (component) => {
        try {
          return lookAt(component, await management.find(component.id, COMPONENTS_VERSION));
        } catch (error) {
          return [await unread(component, error, patient)];
        }
      }),
    );
    return findings.flat();
  },
};

async function unread(
  { id, isNamed }: Resource,
  error: unknown,
  patient: Patient,
): Promise<Finding> {
  const finding = toldAs(error);
  const { objectId } = await patient.estate.signedIn();
  const mend = finding.mend?.replace('PRINCIPAL_ID', objectId ?? 'PRINCIPAL_ID') ?? '';
  if (isNamed || finding.code !== 'access_denied') return { ...finding, mend };
  return {
    state: 'skipped',
    found: `${shortName(id)}, which the evidence is from, may not be read by who is signed in`,
    mend,
  };
}

function lookAt({ id, isNamed }: Resource, found: Json | undefined): Finding[] {
  const name = shortName(id);
  if (found === undefined) {
    if (!isNamed) return [skipped(goneText(id))];
    return [
      failed(`there is no Application Insights resource ${name}`, {
        mend: "az resource list --resource-type microsoft.insights/components --query '[].id' -o tsv   # and correct the config",
      }),
    ];
  }
  const properties = objectOf(found['properties']);
  const percent = Number(properties['SamplingPercentage'] ?? 100);
  const findings: Finding[] = [];
  if (percent < 100) {
    findings.push(
      failed(`${name}: ${percent} % of what it is sent is kept (ingestion sampling)`, {
        why: 'What was left out proves no zero: controls stay not_provable',
        mend: `az resource update --ids ${quoted(id)} --set properties.SamplingPercentage=100`,
      }),
    );
  }
  if (properties['IngestionMode'] === 'ApplicationInsights') {
    findings.push(
      warning(`${name}: a classic resource, without a workspace`, {
        why: 'Its tables (AppRequests, ...) are in no workspace: it can only be asked as a resource',
        mend: `az monitor app-insights component update --app ${quoted(name)} --resource-group ${quoted(id.split('/')[4] ?? '')} --workspace WORKSPACE_RESOURCE_ID`,
      }),
    );
  }
  return findings.length > 0 ? findings : [ok(`${name} keeps all that it is sent`)];
}
