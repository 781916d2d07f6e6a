import type { DiagnosticPlace } from '../azure/lines.ts';
import { isArmId } from '../estate.ts';
import type { Patient } from '../patient.ts';

type Known = Pick<DiagnosticPlace, 'gateway' | 'endpoint'>;

/** The one gateway that config and evidence name; a word to put it in place of, where there are others. */
export async function gatewayToMend(patient: Patient): Promise<Known> {
  const { azure } = await patient.config();
  const store = await patient.evidence();
  const seen = await store.query<{ resource_id: string }>('doctor/azure/resources_seen.sql', {
    kind: '/microsoft.apimanagement/service/',
  });
  const ids = [...azure.apiManagement, ...seen.map(({ resource_id: id }) => id).filter(isArmId)];
  const different = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const [only] = different.size === 1 ? different.values() : [];
  return { gateway: only ?? '/GATEWAY_RESOURCE_ID', endpoint: azure.endpoint };
}
