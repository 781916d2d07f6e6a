/** Which category of which resource a table is filled by. */
export interface Category {
  readonly category: string;
  /** A word to put the resource's ARM id in place of; null: API Management. */
  readonly resource: string | null;
}

/** https://learn.microsoft.com/azure/azure-monitor/reference/logs-index */
const CATEGORIES: Readonly<Record<string, Category>> = {
  ApiManagementGatewayLogs: { category: 'GatewayLogs', resource: null },
  ApiManagementGatewayMCPLog: { category: 'GatewayMCPLogs', resource: null },
  ApiManagementGatewayLlmLog: { category: 'GatewayLlmLogs', resource: null },
  FunctionAppLogs: { category: 'FunctionAppLogs', resource: 'FUNCTION_APP_ID' },
  AppServiceHTTPLogs: { category: 'AppServiceHTTPLogs', resource: 'APP_SERVICE_ID' },
  AppServiceConsoleLogs: { category: 'AppServiceConsoleLogs', resource: 'APP_SERVICE_ID' },
  AppServiceAuthenticationLogs: {
    category: 'AppServiceAuthenticationLogs',
    resource: 'APP_SERVICE_ID',
  },
  ContainerAppConsoleLogs: {
    category: 'ContainerAppConsoleLogs',
    resource: 'CONTAINER_APPS_ENVIRONMENT_ID',
  },
  ContainerAppHTTPLogs: {
    category: 'ContainerAppHTTPLogs',
    resource: 'CONTAINER_APPS_ENVIRONMENT_ID',
  },
};

export function categoryOf(table: string): Category | undefined {
  return CATEGORIES[table];
}
