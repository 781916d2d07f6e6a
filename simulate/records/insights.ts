import { RESOURCE_GROUP, SUBSCRIPTION_ID, WORKSPACE_TENANT_ID } from '../fleet/gateways.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

export type InsightsTable =
  | 'AppRequests'
  | 'AppDependencies'
  | 'AppTraces'
  | 'AppEvents'
  | 'AppExceptions';

/** One Application Insights item; `columns` are those that only its own table has. */
export interface InsightsItem {
  readonly table: InsightsTable;
  readonly at: Micros;
  readonly component: string;
  readonly roleName: string;
  readonly roleInstance: string;
  readonly sdk: string;
  readonly operationId: string;
  readonly parentId: string | undefined;
  readonly operationName: string;
  readonly itemCount: number;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, string | undefined>>;
}

const APPLICATION_KEY = '5a8ae607-2224-40e4-9e47-619dbde5daac';

function shared(item: InsightsItem): object {
  return {
    OperationName: item.operationName,
    OperationId: item.operationId,
    ParentId: item.parentId,
    AppRoleName: item.roleName,
    AppRoleInstance: item.roleInstance,
    ClientType: 'PC',
    ClientIP: '0.0.0.0',
    IKey: APPLICATION_KEY,
    SDKVersion: item.sdk,
    ItemCount: item.itemCount,
  };
}

function componentId({ component }: InsightsItem): string {
  return `${RESOURCE_GROUP}/providers/microsoft.insights/components/${component}`;
}

/** A row of an App* table, as an export gives it: the properties are JSON text. */
export function insightsRow(item: InsightsItem): object {
  return {
    TenantId: WORKSPACE_TENANT_ID,
    TimeGenerated: isoTicks(item.at),
    ...item.columns,
    Properties: JSON.stringify(item.properties),
    ...shared(item),
    SourceSystem: 'Azure',
    Type: item.table,
    _ResourceId: componentId(item),
    _SubscriptionId: SUBSCRIPTION_ID,
  };
}

/** The same item as a diagnostic setting streams it: `time`, upper case id, properties as object. */
export function insightsRecordOfStream(item: InsightsItem): object {
  return {
    time: isoTicks(item.at),
    resourceId: componentId(item).toUpperCase(),
    ResourceGUID: APPLICATION_KEY,
    Type: item.table,
    ...item.columns,
    ...shared(item),
    Properties: item.properties,
  };
}
