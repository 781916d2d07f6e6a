import type { Store } from '../../store/store.ts';
import type { DiagnosticPlace } from '../azure/lines.ts';
import type { Patient } from '../patient.ts';

/** A diagnostic of API Management, as it was when it was ingested. */
export interface SettingSeen {
  readonly gateway: string;
  readonly api_id: string | null;
  readonly diagnostic_id: string;
  readonly observed_at: string;
  readonly fronts_mcp: boolean | null;
  readonly response_body_bytes: number | null;
  readonly correlation_protocol: string | null;
  readonly sampling_percent: number | null;
}

export function settingsSeen(store: Store): Promise<SettingSeen[]> {
  return store.query<SettingSeen>('doctor/evidence/settings_seen.sql');
}

export async function placeOf(setting: SettingSeen, patient: Patient): Promise<DiagnosticPlace> {
  const { gateway, api_id: api, diagnostic_id: diagnostic } = setting;
  const { azure } = await patient.config();
  return { gateway, api: api ?? undefined, diagnostic, endpoint: azure.endpoint };
}
