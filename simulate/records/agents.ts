import type { Agent } from '../fleet/agents.ts';
import { WORKSPACE_TENANT_ID } from '../fleet/gateways.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

const BLUEPRINT_ID = '631a96bc-a705-4eda-9f99-fdaf9f54f6a2';

/** A row of the table AgentsInfo. */
export function agentInfo(agent: Agent, at: Micros, created: Micros): object {
  return {
    TenantId: WORKSPACE_TENANT_ID,
    TimeGenerated: isoTicks(at),
    Timestamp: isoTicks(at),
    AgentId: agent.id,
    Name: agent.name,
    Platform: 'Foundry',
    Version: agent.clientVersion,
    EntraAgentID: agent.id,
    EntraBlueprintID: BLUEPRINT_ID,
    PublishedStatus: 'Published',
    LifecycleStatus: 'Active',
    CreatedDateTime: isoTicks(created),
    Owners: agent.owner === undefined ? [] : [agent.owner],
    Model: agent.model,
    McpServers: agent.servers.map(({ server }) => server.id),
    SourceSystem: 'Azure',
    Type: 'AgentsInfo',
  };
}

/** Microsoft Graph's list of agent identities. */
export function agentIdentities(agents: readonly Agent[], created: Micros): object {
  return {
    '@odata.context':
      'https://graph.microsoft.com/beta/$metadata#servicePrincipals/microsoft.graph.agentIdentity',
    value: agents.map((agent) => ({
      id: agent.id,
      displayName: agent.name,
      createdDateTime: isoTicks(created),
      createdByAppId: BLUEPRINT_ID,
      agentIdentityBlueprintId: BLUEPRINT_ID,
      accountEnabled: true,
      disabledByMicrosoftStatus: null,
      servicePrincipalType: 'ServiceIdentity',
      tags: [agent.environment],
    })),
  };
}
