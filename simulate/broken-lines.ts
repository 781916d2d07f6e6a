import { CANARY } from './canaries.ts';
import { isoTicks, type Micros } from './timestamps.ts';

/** Lines that cannot be used, each for another reason. They hold secrets, as real ones do. */
export function brokenLines(at: Micros) {
  const time = isoTicks(at);
  return {
    gateway: [
      `{"TimeGenerated":"${time}","Type":"ApiManagementGatewayLogs","RequestHeaders":{"Authorization":"${CANARY.bearer(1)}"},"Url":"https://contoso-apim-weu.azure-api.net/weather-mcp/mcp?${CANARY.urlKey(1)}`,
      `ERROR exporter: connection reset, Authorization: ${CANARY.bearer(2)}`,
      '{"TimeGenerated":"not a time","Type":"ApiManagementGatewayLogs","CorrelationId":"9d0fbd5e-5f3f-4a57-8a0e-3f6f0f6ad001","OperationName":"Microsoft.ApiManagement/GatewayLogs","Method":"POST","ResponseCode":200}',
    ],
    insights: [
      `{"TimeGenerated":"${time}","Type":"AppRequests","Id":"00aa11bb22cc33dd","Properties":"{\\"Cookie\\":\\"${CANARY.cookie(3)}`,
      `{"shipment":"not telemetry at all","password":"${CANARY.key(4)}"}`,
    ],
  } as const;
}
