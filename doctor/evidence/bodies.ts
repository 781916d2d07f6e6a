import { changeDiagnostic, NO_BODIES, NO_MESSAGES } from '../azure/lines.ts';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { isArmId, shortName } from '../estate.ts';
import type { Patient } from '../patient.ts';
import { counted, timeText } from '../words.ts';
import { gatewayToMend } from './gateway-to-mend.ts';
import { placeOf, type SettingSeen, settingsSeen } from './settings-seen.ts';

interface Logged {
  readonly layer: string;
  readonly resource_id: string | null;
  readonly source_table: string;
  readonly records: number;
  readonly last_at: string;
}

export const WHY_NO_BODIES =
  'A gateway that logs answers holds streams of MCP back until they end, and copies what tools return into the log';

export const bodies: Check = {
  name: 'bodies',
  area: 'evidence',
  asks: 'Were answers, tool results or prompts logged, by a setting that was ingested or by records that hold them?',
  async examine(patient) {
    const store = await patient.heard();
    const settings = (await settingsSeen(store)).filter(({ fronts_mcp }) => fronts_mcp !== false);
    const logged = await store.query<Logged>('doctor/evidence/bodies_by_resource.sql');
    const on = settings.filter(({ response_body_bytes: bytes }) => (bytes ?? 0) > 0);
    const findings = [
      ...(await Promise.all(on.map((each) => settingTold(each, patient)))),
      ...(await Promise.all(
        logged.filter((each) => !isExplained(each, on)).map((each) => loggedTold(each, patient)),
      )),
    ];
    if (findings.length > 0) return findings;
    return ok(
      settings.length > 0
        ? `no answer is logged: ${counted(settings.length, 'setting')}, and no record that holds one`
        : 'no stored record holds an answer, a tool result or a prompt',
    );
  },
};

async function settingTold(setting: SettingSeen, patient: Patient): Promise<Finding> {
  const { gateway, api_id, diagnostic_id, response_body_bytes: bytes, observed_at } = setting;
  const scope = api_id === null ? 'all APIs' : `the API ${api_id}`;
  return failed(
    `${shortName(gateway)} logs ${counted(bytes ?? 0, 'byte')} of each answer of ${scope} (${diagnostic_id}, read ${timeText(observed_at)})`,
    { why: WHY_NO_BODIES, mend: changeDiagnostic(await placeOf(setting, patient), [NO_BODIES]) },
  );
}

/** Rows of a gateway whose setting is told already. */
function isExplained({ layer }: Logged, on: readonly SettingSeen[]): boolean {
  return layer === 'gateway' && on.length > 0;
}

async function loggedTold(logged: Logged, patient: Patient): Promise<Finding> {
  const { layer, resource_id: id, source_table: table, records, last_at } = logged;
  const name = id === null ? table : `${shortName(id)} (${table})`;
  const found = `${name}: ${counted(records, 'record')} with answers, results or prompts, the last of ${timeText(last_at)}`;
  if (layer !== 'gateway' && layer !== 'model') {
    return warning(found, { why: WHY_NO_CONTENT, mend: SERVER_MEND });
  }
  const known = await gatewayToMend(patient);
  const isService = id?.includes('/microsoft.apimanagement/service/') === true && isArmId(id);
  const place = {
    ...known,
    ...(isService && { gateway: id }),
    api: undefined,
    diagnostic: table.startsWith('App') ? 'applicationinsights' : 'azuremonitor',
  };
  return layer === 'model'
    ? warning(found, { why: WHY_NO_CONTENT, mend: changeDiagnostic(place, [NO_MESSAGES]) })
    : warning(found, { why: WHY_NO_BODIES, mend: changeDiagnostic(place, [NO_BODIES]) });
}

const WHY_NO_CONTENT = 'They are not stored here, but whoever reads that log reads them';
const SERVER_MEND =
  'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=false   # AZURE_TRACING_GEN_AI_CONTENT_RECORDING_ENABLED=false for the Azure SDKs';
