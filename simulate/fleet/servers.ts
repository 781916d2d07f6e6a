import { type Gateway, NORTH, WEST } from './gateways.ts';

export type ToolClass = 'read_only' | 'write' | 'destructive';

export interface Tool {
  readonly name: string;
  readonly toolClass: ToolClass;
  readonly needsApproval: boolean;
  readonly medianMs: number;
  readonly sigma: number;
  readonly weight: number;
}

/** An MCP server behind a gateway. */
export interface Server {
  readonly id: string;
  /** What Application Insights or OpenTelemetry calls it. */
  readonly roleName: string;
  readonly host: string;
  readonly version: string;
  readonly gateway: Gateway;
  readonly environment: 'production' | 'staging';
  readonly owner: string;
  /** How its evidence of a call is reported. */
  readonly reportsBy: 'app_traces' | 'app_events' | 'insights_stream' | 'otlp';
  readonly samples: boolean;
  readonly inboundAuth: 'oauth2' | 'api_key';
  readonly authorizationMode: 'obo' | 'managed_identity' | 'service_principal' | 'api_key';
  readonly downstream: string;
  readonly downstreamType: 'HTTP' | 'SQL';
  /** Its clock is off by this share of the fault `skew_ms`. */
  readonly skewShare: number;
  readonly tools: readonly Tool[];
}

function tool(
  name: string,
  toolClass: ToolClass,
  medianMs: number,
  weight: number,
  extra: { readonly needsApproval?: boolean; readonly sigma?: number } = {},
): Tool {
  return { name, toolClass, medianMs, weight, sigma: 0.5, needsApproval: false, ...extra };
}

export const WEATHER: Server = {
  id: 'weather-mcp',
  roleName: 'weather-tools',
  host: 'weather.azurewebsites.net',
  version: '1.4.2',
  gateway: WEST,
  environment: 'production',
  owner: 'team-weather@contoso.com',
  reportsBy: 'app_traces',
  samples: true,
  inboundAuth: 'api_key',
  authorizationMode: 'api_key',
  downstream: 'api.weather.example',
  downstreamType: 'HTTP',
  skewShare: 0.2,
  tools: [
    tool('get_current_weather', 'read_only', 140, 5),
    tool('get_forecast', 'read_only', 210, 4),
    tool('get_alerts', 'read_only', 120, 1),
  ],
};

export const SEARCH: Server = {
  id: 'search-mcp',
  roleName: 'search-service',
  host: 'search.internal.contoso.com',
  version: '0.9.0',
  gateway: NORTH,
  environment: 'production',
  owner: 'team-search@contoso.com',
  reportsBy: 'otlp',
  samples: false,
  inboundAuth: 'oauth2',
  authorizationMode: 'api_key',
  downstream: 'api.search.example',
  downstreamType: 'HTTP',
  skewShare: -1,
  tools: [tool('search_web', 'read_only', 420, 3), tool('fetch_page', 'read_only', 350, 2)],
};

/** The slow one: from `DOCS_SLOW_AFTER` of the window on, its read-only tools miss their target. */
export const DOCS: Server = {
  id: 'docs-mcp',
  roleName: 'docs-service',
  host: 'docs.azurewebsites.net',
  version: '2.1.0',
  gateway: WEST,
  environment: 'production',
  owner: 'team-docs@contoso.com',
  reportsBy: 'app_traces',
  samples: true,
  inboundAuth: 'oauth2',
  authorizationMode: 'managed_identity',
  downstream: 'contoso-docs.search.windows.net',
  downstreamType: 'HTTP',
  skewShare: -0.1,
  tools: [
    tool('search_docs', 'read_only', 760, 3, { sigma: 0.4 }),
    tool('read_document', 'read_only', 640, 2, { sigma: 0.4 }),
  ],
};
export const DOCS_SLOW_AFTER = 0.55;
export const DOCS_SLOWDOWN = 2.4;

export const BILLING: Server = {
  id: 'billing-mcp',
  roleName: 'billing-mcp-func',
  host: 'billing-mcp-func.azurewebsites.net',
  version: '3.0.1',
  gateway: WEST,
  environment: 'production',
  owner: 'team-finance@contoso.com',
  reportsBy: 'app_events',
  samples: false,
  inboundAuth: 'oauth2',
  authorizationMode: 'obo',
  downstream: 'billing-db.database.windows.net',
  downstreamType: 'SQL',
  skewShare: 0.6,
  tools: [
    tool('get_invoice', 'read_only', 160, 5),
    tool('list_invoices', 'read_only', 260, 3),
    tool('create_invoice', 'write', 700, 3),
    tool('update_payment_terms', 'write', 650, 2, { needsApproval: true }),
    tool('refund_payment', 'destructive', 900, 1, { needsApproval: true }),
    tool('delete_invoice', 'destructive', 500, 0.6, { needsApproval: true }),
  ],
};

export const CRM: Server = {
  id: 'crm-mcp',
  roleName: 'crm-tools',
  host: 'crm-mcp.internal.contoso.com',
  version: '1.12.0',
  gateway: NORTH,
  environment: 'production',
  owner: 'team-sales@contoso.com',
  reportsBy: 'insights_stream',
  samples: false,
  inboundAuth: 'oauth2',
  authorizationMode: 'service_principal',
  downstream: 'contoso.crm4.dynamics.com',
  downstreamType: 'HTTP',
  skewShare: 1,
  tools: [
    tool('find_contact', 'read_only', 230, 4),
    tool('update_contact', 'write', 820, 2),
    tool('create_ticket', 'write', 950, 2),
    tool('add_note', 'write', 480, 1),
  ],
};

export const LAB: Server = {
  id: 'lab-mcp',
  roleName: 'lab-mcp',
  host: 'lab.internal.contoso.com',
  version: '0.0.7',
  gateway: NORTH,
  environment: 'staging',
  owner: 'platform@contoso.com',
  reportsBy: 'insights_stream',
  samples: false,
  inboundAuth: 'api_key',
  authorizationMode: 'managed_identity',
  downstream: 'lab.blob.core.windows.net',
  downstreamType: 'HTTP',
  skewShare: 0,
  tools: [tool('run_experiment', 'write', 1100, 2), tool('read_result', 'read_only', 90, 3)],
};

export const SERVERS: readonly Server[] = [WEATHER, SEARCH, DOCS, BILLING, CRM, LAB];
