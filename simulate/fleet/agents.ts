import { BILLING, CRM, DOCS, LAB, SEARCH, type Server, WEATHER } from './servers.ts';

/** A revision of MCP; only the first of them has JSON-RPC batches, only the last has no sessions. */
export type Protocol = '2025-03-26' | '2025-06-18' | '2025-11-25' | '2026-07-28';

/** A program that calls tools. */
export interface Agent {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  /** Undefined: nobody owns it. */
  readonly owner: string | undefined;
  readonly environment: 'production' | 'staging';
  readonly costCenter: string | undefined;
  /** In the inventory, in AgentsInfo and among the agent identities; else nobody knows it. */
  readonly isKnown: boolean;
  /** How the gateway learns who it is: a header that it sends, or its token. */
  readonly presents: 'header' | 'token';
  readonly protocol: Protocol;
  readonly sessions: 'declared' | 'per_call' | 'none';
  readonly clientName: string;
  readonly clientVersion: string;
  readonly subscriptionId: string;
  readonly model: string;
  readonly users: readonly string[];
  readonly weight: number;
  readonly servers: readonly { readonly server: Server; readonly weight: number }[];
}

/** What telemetry calls an agent: the text of its header, or the application id in its token. */
export function seenAs(agent: Agent): string {
  return agent.presents === 'header' ? agent.name : agent.appId;
}

export const HELPDESK: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a01',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f01',
  name: 'helpdesk-bot',
  owner: 'it-ops@contoso.com',
  environment: 'production',
  costCenter: 'CC-100',
  isKnown: true,
  presents: 'header',
  protocol: '2025-06-18',
  sessions: 'declared',
  clientName: 'copilot-studio',
  clientVersion: '1.8.0',
  subscriptionId: 'sub-helpdesk',
  model: 'gpt-4.1-mini',
  users: ['ana@contoso.com', 'ben@contoso.com', 'chloe@contoso.com'],
  weight: 24,
  servers: [
    { server: DOCS, weight: 6 },
    { server: CRM, weight: 3 },
    { server: WEATHER, weight: 1 },
  ],
};

const SALES: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a02',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f02',
  name: 'sales-copilot',
  owner: 'sales-systems@contoso.com',
  environment: 'production',
  costCenter: 'CC-200',
  isKnown: true,
  presents: 'token',
  protocol: '2025-11-25',
  sessions: 'declared',
  clientName: 'sales-copilot',
  clientVersion: '4.2.1',
  subscriptionId: 'sub-sales',
  model: 'gpt-4.1',
  users: ['dan@contoso.com', 'eva@contoso.com'],
  weight: 18,
  servers: [
    { server: CRM, weight: 6 },
    { server: SEARCH, weight: 2 },
    { server: DOCS, weight: 2 },
  ],
};

/** Its tool calls need approvals. */
export const CLERK: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a03',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f03',
  name: 'invoice-clerk',
  owner: 'finance-ops@contoso.com',
  environment: 'production',
  costCenter: 'CC-300',
  isKnown: true,
  presents: 'header',
  protocol: '2025-06-18',
  sessions: 'per_call',
  clientName: 'python-mcp',
  clientVersion: '1.13.0',
  subscriptionId: 'sub-finance',
  model: 'gpt-4.1',
  users: ['finn@contoso.com', 'gita@contoso.com'],
  weight: 14,
  servers: [{ server: BILLING, weight: 1 }],
};

export const RESEARCH: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a04',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f04',
  name: 'research-agent',
  owner: 'research@contoso.com',
  environment: 'production',
  costCenter: 'CC-400',
  isKnown: true,
  presents: 'header',
  protocol: '2026-07-28',
  sessions: 'none',
  clientName: 'typescript-mcp',
  clientVersion: '2.0.3',
  subscriptionId: 'sub-research',
  model: 'o4-mini',
  users: ['hugo@contoso.com'],
  weight: 16,
  servers: [
    { server: SEARCH, weight: 5 },
    { server: DOCS, weight: 4 },
    { server: WEATHER, weight: 1 },
  ],
};

const PLANNER: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a05',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f05',
  name: 'field-planner',
  owner: 'field-service@contoso.com',
  environment: 'production',
  costCenter: 'CC-500',
  isKnown: true,
  presents: 'header',
  protocol: '2025-11-25',
  sessions: 'declared',
  clientName: 'semantic-kernel',
  clientVersion: '1.61.0',
  subscriptionId: 'master',
  model: 'gpt-4.1-mini',
  users: ['ines@contoso.com', 'jan@contoso.com'],
  weight: 14,
  servers: [
    { server: WEATHER, weight: 7 },
    { server: DOCS, weight: 3 },
  ],
};

const REVIEWER: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a06',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f06',
  name: 'contract-reviewer',
  owner: 'legal@contoso.com',
  environment: 'production',
  costCenter: 'CC-300',
  isKnown: true,
  presents: 'token',
  protocol: '2026-07-28',
  sessions: 'none',
  clientName: 'csharp-mcp',
  clientVersion: '1.2.0',
  subscriptionId: 'sub-legal',
  model: 'gpt-4.1',
  users: ['kim@contoso.com'],
  weight: 8,
  servers: [
    { server: DOCS, weight: 3 },
    { server: BILLING, weight: 1 },
  ],
};

/** In the inventory, but nobody owns it. It also calls its server past the gateway. */
export const UNOWNED: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a07',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f07',
  name: 'legacy-sync',
  owner: undefined,
  environment: 'production',
  costCenter: undefined,
  isKnown: true,
  presents: 'header',
  protocol: '2025-06-18',
  sessions: 'declared',
  clientName: 'legacy-sync',
  clientVersion: '0.3.9',
  subscriptionId: 'master',
  model: 'gpt-4.1-mini',
  users: ['svc-sync@contoso.com'],
  weight: 3,
  servers: [{ server: CRM, weight: 1 }],
};

/** In no inventory at all. */
export const UNKNOWN: Agent = {
  id: 'shadow-gpt',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f08',
  name: 'shadow-gpt',
  owner: undefined,
  environment: 'production',
  costCenter: undefined,
  isKnown: false,
  presents: 'header',
  protocol: '2025-11-25',
  sessions: 'declared',
  clientName: 'unknown-client',
  clientVersion: '0.1.0',
  subscriptionId: 'master',
  model: 'gpt-4.1-mini',
  users: ['lena@contoso.com'],
  weight: 1.5,
  servers: [
    { server: DOCS, weight: 1 },
    { server: CRM, weight: 1 },
  ],
};

/** Not in production, so that having no owner is allowed. */
const EXPERIMENT: Agent = {
  id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a09',
  appId: 'a3c1e2d4-0b5f-4f5e-9a61-1d2c3b4a5f09',
  name: 'experiment-7',
  owner: undefined,
  environment: 'staging',
  costCenter: 'CC-900',
  isKnown: true,
  presents: 'header',
  protocol: '2026-07-28',
  sessions: 'none',
  clientName: 'notebook',
  clientVersion: '0.0.1',
  subscriptionId: 'sub-lab',
  model: 'gpt-4.1-mini',
  users: ['mia@contoso.com'],
  weight: 2,
  servers: [{ server: LAB, weight: 1 }],
};

export const AGENTS: readonly Agent[] = [
  HELPDESK,
  SALES,
  CLERK,
  RESEARCH,
  PLANNER,
  REVIEWER,
  UNOWNED,
  UNKNOWN,
  EXPERIMENT,
];

/** Those that an inventory can list. */
export const KNOWN_AGENTS: readonly Agent[] = AGENTS.filter(({ isKnown }) => isKnown);
