import { changeDiagnostic, EVERY_REQUEST, quoted } from '../azure/lines.ts';
import { type Check, type Finding, ok, warning } from '../check.ts';
import { shortName } from '../estate.ts';
import type { Patient } from '../patient.ts';
import { counted, listed, timeText } from '../words.ts';
import { gatewayToMend } from './gateway-to-mend.ts';
import { placeOf, type SettingSeen, settingsSeen } from './settings-seen.ts';

interface Sampled {
  readonly layer: 'gateway' | 'server';
  readonly resource_id: string | null;
  readonly source_table: string;
  readonly records: number;
  readonly represented: number;
  readonly max_weight: number;
}

export const sampling: Check = {
  name: 'sampling',
  area: 'evidence',
  asks: 'Do stored records stand for others that were left out (ItemCount)?',
  async examine(patient) {
    const store = await patient.heard();
    const all = await store.query<Sampled>('doctor/evidence/sampled_by_resource.sql');
    const settings = (await settingsSeen(store)).filter(
      ({ sampling_percent: percent, fronts_mcp }) => (percent ?? 100) < 100 && fronts_mcp !== false,
    );
    const findings = await Promise.all(settings.map((each) => settingTold(each, patient)));
    // Sampled rows of a gateway come of its setting, where that is known.
    const unexplained = all.filter(({ layer }) => layer === 'server' || settings.length === 0);
    if (unexplained.length + settings.length === 0) return ok('no record stands for another');
    const sides = Map.groupBy(unexplained, ({ layer }) => layer);
    for (const [layer, sampled] of sides) findings.push(await told(layer, sampled, patient));
    return findings;
  },
};

async function settingTold(setting: SettingSeen, patient: Patient): Promise<Finding> {
  const { gateway, api_id, diagnostic_id, sampling_percent: percent, observed_at } = setting;
  const scope = api_id === null ? 'all APIs' : `the API ${api_id}`;
  return warning(
    `${shortName(gateway)} logs ${percent} % of requests of ${scope} (${diagnostic_id}, read ${timeText(observed_at)})`,
    { why: WHY, mend: changeDiagnostic(await placeOf(setting, patient), [EVERY_REQUEST]) },
  );
}

const WHY = 'Counts are corrected for it, but what was left out proves no zero';

async function told(
  layer: Sampled['layer'],
  sampled: readonly Sampled[],
  patient: Patient,
): Promise<Finding> {
  const sum = (of: 'records' | 'represented') =>
    sampled.reduce((total, each) => total + Number(each[of]), 0);
  const names = [
    ...new Set(
      sampled.map(({ resource_id: id, source_table }) => (id ? shortName(id) : source_table)),
    ),
  ];
  const side = layer === 'gateway' ? 'the gateway' : 'servers';
  return warning(
    `${side} sampled: ${counted(sum('records'), 'record')} stand for ${counted(sum('represented'), 'record')} (${listed(names)})`,
    {
      why: WHY,
      mend: layer === 'gateway' ? await gatewayMend(patient) : serverMend(sampled),
    },
  );
}

async function gatewayMend(patient: Patient): Promise<string> {
  return changeDiagnostic(
    { ...(await gatewayToMend(patient)), api: undefined, diagnostic: 'applicationinsights' },
    [EVERY_REQUEST],
  );
}

/** Sampling of a server is a setting of the server. */
function serverMend(sampled: readonly Sampled[]): string {
  const [first] = sampled;
  const group = /resourcegroups\/([^/]+)/i.exec(first?.resource_id ?? '')?.[1] ?? 'RESOURCE_GROUP';
  return [
    `az functionapp config appsettings set --name APP --resource-group ${quoted(group)} --settings AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__isEnabled=false`,
    '# with OpenTelemetry: OTEL_TRACES_SAMPLER=always_on; with the .NET SDK: EnableAdaptiveSampling = false',
  ].join('\n');
}
