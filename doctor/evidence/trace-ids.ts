import { changeDiagnostic, W3C } from '../azure/lines.ts';
import { type Check, type Finding, failed, ok, Skipped, warning } from '../check.ts';
import { shortName } from '../estate.ts';
import type { Patient } from '../patient.ts';
import { counted, listed, timeText } from '../words.ts';
import { gatewayToMend } from './gateway-to-mend.ts';
import { placeOf, type SettingSeen, settingsSeen } from './settings-seen.ts';

interface Legacy {
  readonly layer: string;
  readonly resource_id: string | null;
  readonly server_id: string | null;
  readonly legacy: number;
}

export const traceIds: Check = {
  name: 'trace-ids',
  area: 'evidence',
  asks: 'Do gateway and servers speak W3C trace context, or the legacy protocol that no traceparent leads to?',
  async examine(patient) {
    const store = await patient.heard();
    const legacy = await store.query<Legacy>('doctor/evidence/legacy_ids_by_server.sql');
    const settings = (await settingsSeen(store)).filter(
      ({ diagnostic_id: id, fronts_mcp }) => id === 'applicationinsights' && fronts_mcp !== false,
    );
    const wrong = settings.filter(({ correlation_protocol: protocol }) => protocol !== 'W3C');
    const findings = [
      ...(await Promise.all(wrong.map((each) => settingTold(each, patient)))),
      ...(wrong.length === 0 ? await legacyTold(legacy, patient) : []),
    ];
    if (findings.length > 0) return findings;
    const [row] = await store.rows('select count(operation_id) as traces from events');
    if (Number(row?.['traces']) === 0) throw new Skipped('no record with a trace is stored yet');
    return ok(
      settings.length > 0
        ? `W3C trace context, in ${counted(settings.length, 'setting')} and in all records`
        : 'no record has an id of the legacy protocol',
    );
  },
};

async function settingTold(setting: SettingSeen, patient: Patient): Promise<Finding> {
  const { gateway, api_id, correlation_protocol: protocol, observed_at: at } = setting;
  const scope = api_id === null ? 'all APIs' : `the API ${api_id}`;
  return failed(
    `${shortName(gateway)} passes traces on as '${protocol ?? 'Legacy'}' for ${scope} (read ${timeText(at)})`,
    { why: WHY, mend: changeDiagnostic(await placeOf(setting, patient), [W3C]) },
  );
}

const WHY =
  'Servers with OpenTelemetry start a trace of their own then, and calls are joined by time alone';

async function legacyTold(legacy: readonly Legacy[], patient: Patient): Promise<Finding[]> {
  if (legacy.length === 0) return [];
  const sum = legacy.reduce((total, each) => total + Number(each.legacy), 0);
  const names = legacy.map(
    ({ resource_id: id, server_id }) => server_id ?? (id === null ? 'unnamed' : shortName(id)),
  );
  const place = {
    ...(await gatewayToMend(patient)),
    api: undefined,
    diagnostic: 'applicationinsights',
  };
  return [
    warning(
      `${counted(sum, 'record')} with ids of the legacy protocol (|root.span.): ${listed([...new Set(names)])}`,
      { why: WHY, mend: changeDiagnostic(place, [W3C]) },
    ),
  ];
}
