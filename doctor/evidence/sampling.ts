import { changeDiagnostic, EVERY_REQUEST, quoted } from '../azure/lines.ts';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
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
    const seen = (await settingsSeen(store)).filter(({ fronts_mcp }) => fronts_mcp !== false);
    const settings = seen.filter((each) => percentOf(each) < 100);
    const findings = await Promise.all(
      settings.map((each) =>
        settingTold(each, !seen.some((other) => covers(other, each)), patient),
      ),
    );
    // Sampled rows of a gateway come of its setting, where that is known.
    const unexplained = all.filter(({ layer }) => layer === 'server' || settings.length === 0);
    if (unexplained.length + settings.length === 0) return ok('no record stands for another');
    const sides = Map.groupBy(unexplained, ({ layer }) => layer);
    for (const [layer, sampled] of sides) findings.push(await told(layer, sampled, patient));
    return findings;
  },
};

const percentOf = ({ sampling_percent: percent }: SettingSeen): number => percent ?? 100;

/** Another diagnostic that logs every request of the same APIs. */
function covers(other: SettingSeen, { gateway, api_id, diagnostic_id }: SettingSeen): boolean {
  return (
    other.gateway === gateway &&
    other.diagnostic_id !== diagnostic_id &&
    (other.api_id ?? api_id) === api_id &&
    percentOf(other) >= 100
  );
}

async function settingTold(
  setting: SettingSeen,
  isAlone: boolean,
  patient: Patient,
): Promise<Finding> {
  const { gateway, api_id, diagnostic_id, observed_at } = setting;
  const scope = api_id === null ? 'all APIs' : `the API ${api_id}`;
  const when = `(${diagnostic_id}, read ${timeText(observed_at)})`;
  const percent = percentOf(setting);
  // What cannot be read was stored as none: it proves no more.
  const found =
    percent === 0
      ? `${shortName(gateway)} logs no request of ${scope}, or how many could not be read ${when}`
      : `${shortName(gateway)} logs ${percent} % of requests of ${scope} ${when}`;
  const mend = changeDiagnostic(await placeOf(setting, patient), [EVERY_REQUEST]);
  return isAlone
    ? failed(found, { why: WHY_SAMPLED, mend })
    : warning(found, { why: WHY_HALF_SAMPLED, mend });
}

export const WHY_SAMPLED = 'What was left out proves no zero: controls stay not_provable';
export const WHY_HALF_SAMPLED =
  'Another diagnostic logs every request; what this one alone brings, such as trace ids, is missing of the rest';
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
