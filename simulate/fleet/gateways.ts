/** An API Management service. */
export interface Gateway {
  readonly name: string;
  readonly region: string;
  /** As Log Analytics writes it; Event Hubs writes it in upper case. */
  readonly resourceId: string;
  readonly host: string;
  /** Where its resource logs go, and so which shape they have. */
  readonly logsTo: 'log_analytics' | 'event_hubs';
  readonly logsBackendHeaders: boolean;
  /** Application Insights keeps one request of so many. */
  readonly insightsKeepsOneOf: number;
  /** Bytes of response bodies that the service-wide Application Insights diagnostic logs. */
  readonly responseBodyBytes: number;
}

export const SUBSCRIPTION_ID = '6a1f0c52-3b7e-4d0a-9a51-0d3c5b7e2f10';
export const TENANT_ID = '4bbb79f7-5724-4c9e-95f3-de075f6ec090';
export const WORKSPACE_TENANT_ID = '0f4c6f0e-1d0b-4a53-8a0e-7b1a4f6d9c21';
export const RESOURCE_GROUP = `/subscriptions/${SUBSCRIPTION_ID}/resourcegroups/rg-mcp`;

export const WEST: Gateway = {
  name: 'contoso-apim-weu',
  region: 'West Europe',
  resourceId: `${RESOURCE_GROUP}/providers/microsoft.apimanagement/service/contoso-apim-weu`,
  host: 'contoso-apim-weu.azure-api.net',
  logsTo: 'log_analytics',
  logsBackendHeaders: true,
  insightsKeepsOneOf: 2,
  responseBodyBytes: 1024,
};

export const NORTH: Gateway = {
  name: 'contoso-apim-neu',
  region: 'North Europe',
  resourceId: `${RESOURCE_GROUP}/providers/microsoft.apimanagement/service/contoso-apim-neu`,
  host: 'contoso-apim-neu.azure-api.net',
  logsTo: 'event_hubs',
  logsBackendHeaders: false,
  insightsKeepsOneOf: 1,
  responseBodyBytes: 0,
};

export const GATEWAYS: readonly Gateway[] = [WEST, NORTH];
