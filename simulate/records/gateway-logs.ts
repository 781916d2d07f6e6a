import { type Gateway, SUBSCRIPTION_ID, WORKSPACE_TENANT_ID } from '../fleet/gateways.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

/** One HTTP request as API Management sees it. Absent fields are left out of the record. */
export interface GatewayRequest {
  readonly gateway: Gateway;
  readonly at: Micros;
  readonly correlationId: string;
  readonly apiId: string;
  readonly operationId: string;
  readonly subscriptionId: string | undefined;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly callerIp: string;
  readonly status: number;
  readonly totalMs: number;
  readonly backendMs: number;
  readonly clientMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly requestHeaders: Readonly<Record<string, string | undefined>>;
  readonly responseHeaders: Readonly<Record<string, string | undefined>>;
  readonly backendHeaders?: Readonly<Record<string, string>> | undefined;
  readonly requestBody?: string | undefined;
  readonly backend?:
    | { readonly url: string; readonly id: string; readonly status: number }
    | undefined;
  readonly error?:
    | { readonly source: string; readonly reason: string; readonly message: string }
    | undefined;
  readonly traceRecords?: readonly object[] | undefined;
}

function isSuccess({ status }: GatewayRequest): boolean {
  return status >= 200 && status < 400;
}

/** A row of the table ApiManagementGatewayLogs, as a data export or a query gives it. */
export function gatewayLog(request: GatewayRequest): object {
  const { gateway, backend, error } = request;
  return {
    TenantId: WORKSPACE_TENANT_ID,
    TimeGenerated: isoTicks(request.at),
    OperationName: 'Microsoft.ApiManagement/GatewayLogs',
    CorrelationId: request.correlationId,
    Region: gateway.region,
    IsRequestSuccess: isSuccess(request),
    Category: 'GatewayLogs',
    TotalTime: request.totalMs,
    CallerIpAddress: request.callerIp,
    Method: request.method,
    Url: request.url,
    ClientProtocol: 'HTTP/1.1',
    ResponseCode: request.status,
    BackendMethod: backend && request.method,
    BackendUrl: backend?.url,
    BackendResponseCode: backend?.status,
    BackendProtocol: backend && 'HTTP/1.1',
    RequestSize: request.requestBytes,
    ResponseSize: request.responseBytes,
    Cache: 'none',
    CacheTime: 0,
    BackendTime: request.backendMs,
    ClientTime: request.clientMs,
    ApiId: request.apiId,
    OperationId: request.operationId,
    ApimSubscriptionId: request.subscriptionId,
    BackendId: backend?.id,
    LastErrorElapsed: error && request.totalMs,
    LastErrorSource: error?.source,
    LastErrorScope: error && 'api',
    LastErrorSection: error && (backend ? 'backend' : 'inbound'),
    LastErrorReason: error?.reason,
    LastErrorMessage: error?.message,
    ApiRevision: '1',
    ClientTlsVersion: '1.3',
    RequestHeaders: request.requestHeaders,
    ResponseHeaders: request.responseHeaders,
    BackendRequestHeaders: request.backendHeaders,
    RequestBody: request.requestBody,
    TraceRecords: request.traceRecords,
    IsTraceRequested: false,
    IsTraceAllowed: false,
    IsMasterTrace: false,
    SourceSystem: 'Azure',
    Type: 'ApiManagementGatewayLogs',
    _ResourceId: gateway.resourceId,
    _SubscriptionId: SUBSCRIPTION_ID,
  };
}

/** The same request as a diagnostic setting streams it to Event Hubs. */
export function gatewayLogOfStream(request: GatewayRequest): object {
  const { gateway, backend, error } = request;
  return {
    DeploymentVersion: '0.51.20122.0',
    Level: error ? 2 : 4,
    Sku: 'Premium',
    callerIpAddress: request.callerIp,
    category: 'GatewayLogs',
    correlationId: request.correlationId,
    durationMs: request.totalMs,
    isRequestSuccess: isSuccess(request),
    location: gateway.region,
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    properties: {
      apiId: request.apiId,
      apiRevision: '1',
      apimSubscriptionId: request.subscriptionId,
      backendId: backend?.id,
      backendMethod: backend && request.method,
      backendProtocol: backend && 'HTTP/1.1',
      backendRequestHeaders: request.backendHeaders,
      backendResponseCode: backend?.status,
      backendTime: request.backendMs,
      backendUrl: backend?.url,
      cache: 'none',
      cacheTime: 0,
      clientProtocol: 'HTTP/1.1',
      clientTime: request.clientMs,
      clientTlsVersion: '1.3',
      lastError: error && {
        elapsed: request.totalMs,
        source: error.source,
        scope: 'api',
        section: backend ? 'backend' : 'inbound',
        reason: error.reason,
        message: error.message,
      },
      method: request.method,
      operationId: request.operationId,
      requestBody: request.requestBody,
      requestHeaders: request.requestHeaders,
      requestSize: request.requestBytes,
      responseCode: request.status,
      responseHeaders: request.responseHeaders,
      responseSize: request.responseBytes,
      traceRecords: request.traceRecords,
      url: request.url,
    },
    resourceId: gateway.resourceId.toUpperCase(),
    resultType: isSuccess(request) ? 'Succeeded' : 'Failed',
    time: isoTicks(request.at),
    truncated: 0,
  };
}
