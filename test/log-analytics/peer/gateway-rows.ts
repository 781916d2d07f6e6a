import { isoOfTicks, type Ticks, ticksOfMs } from '../../../ingest/log-analytics/ticks.ts';
import type { PeerRow } from './tables.ts';

export const FIRST_AT: Ticks = ticksOfMs(Date.parse('2026-11-20T00:00:00Z'));
const RESOURCE =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.apimanagement/service/contoso';

/** A request id that no other row has. */
export function correlationId(no: number): string {
  return `00000000-0000-4000-8000-${no.toString(16).padStart(12, '0')}`;
}

/** A row of ApiManagementGatewayLogs, ingested three minutes after the request. */
export function gatewayRow(
  no: number,
  { everyMs = 100, padding = '', ...given }: Partial<PeerRow> & RowForm = {},
): PeerRow {
  const at = given.at ?? FIRST_AT + ticksOfMs(no * everyMs) + 3_757n;
  return {
    ingestedAt: at + ticksOfMs(180_000),
    cells: () => ({
      TimeGenerated: JSON.stringify(isoOfTicks(at)),
      Type: '"ApiManagementGatewayLogs"',
      _ResourceId: JSON.stringify(RESOURCE),
      _ItemId: JSON.stringify(`item-${no}`),
      CorrelationId: JSON.stringify(correlationId(no)),
      ApiId: '"weather-mcp"',
      Method: '"POST"',
      Url: '"https://contoso.azure-api.net/weather-mcp/mcp"',
      ResponseCode: '200',
      IsRequestSuccess: 'true',
      TotalTime: '176',
      BackendTime: '170',
      BackendUrl: '"https://weather.azurewebsites.net/mcp"',
      CallerIpAddress: '"81.2.69.144"',
      Region: '"West Europe"',
      RequestSize: '400',
      ResponseSize: '9007199254740993',
      RequestHeaders: JSON.stringify(
        JSON.stringify({ 'mcp-session-id': `session-${no % 100}`, 'x-pad': padding }),
      ),
    }),
    ...given,
    at,
  };
}

interface RowForm {
  /** Between two requests. */
  readonly everyMs?: number;
  /** Makes rows longer. */
  readonly padding?: string;
}
