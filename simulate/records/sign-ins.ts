import type { Agent } from '../fleet/agents.ts';
import { TENANT_ID } from '../fleet/gateways.ts';
import type { Server } from '../fleet/servers.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

/** A token that Entra issued, or refused. One token serves many calls. */
export interface SignIn {
  readonly at: Micros;
  readonly id: string;
  readonly correlationId: string;
  readonly tokenId: string;
  readonly agent: Agent;
  readonly user: string;
  readonly server: Server;
  readonly ip: string;
  /** An Entra error code; 0 is success. */
  readonly errorCode: number;
}

const INVALID_SECRET = 'Invalid client secret provided.';

/** A service principal's sign-in, as Entra streams it to Event Hubs. */
export function principalSignInOfStream(signIn: SignIn): object {
  const { agent, server, errorCode } = signIn;
  const time = isoTicks(signIn.at);
  return {
    time,
    resourceId: `/tenants/${TENANT_ID}/providers/Microsoft.aadiam`,
    operationName: 'Sign-in activity',
    operationVersion: '1.0',
    category: 'ServicePrincipalSignInLogs',
    tenantId: TENANT_ID,
    resultType: String(errorCode),
    resultSignature: 'None',
    resultDescription: errorCode === 0 ? undefined : INVALID_SECRET,
    durationMs: 0,
    callerIpAddress: signIn.ip,
    correlationId: signIn.correlationId,
    Level: 4,
    location: 'NL',
    properties: {
      id: signIn.id,
      createdDateTime: time.replace('Z', '+00:00'),
      userId: null,
      appId: agent.appId,
      agent: { agentType: 'agenticAppInstance', parentAppId: '' },
      ipAddress: signIn.ip,
      status: { errorCode },
      location: { city: 'Amsterdam', countryOrRegion: 'NL' },
      correlationId: signIn.correlationId,
      isInteractive: false,
      resourceDisplayName: server.id,
      resourceId: `api://${server.id}`,
      servicePrincipalName: agent.name,
      servicePrincipalId: agent.id,
      clientCredentialType: 'clientSecret',
      uniqueTokenIdentifier: signIn.tokenId,
      incomingTokenType: 'none',
      authenticationProtocol: 'none',
    },
  };
}

function row(signIn: SignIn, table: string, category: string, columns: object): object {
  return {
    TenantId: TENANT_ID,
    SourceSystem: 'Azure AD',
    TimeGenerated: isoTicks(signIn.at),
    OperationName: 'Sign-in activity',
    OperationVersion: '1.0',
    Category: category,
    ResultType: String(signIn.errorCode),
    ResultSignature: 'None',
    DurationMs: 0,
    CorrelationId: signIn.correlationId,
    Level: '4',
    Location: 'NL',
    AADTenantId: TENANT_ID,
    Agent: JSON.stringify({ agentType: 'notAgentic', parentAppId: '' }),
    CreatedDateTime: isoTicks(signIn.at),
    Id: signIn.id,
    IPAddress: signIn.ip,
    UniqueTokenIdentifier: signIn.tokenId,
    ...columns,
    Type: table,
  };
}

/** A server's managed identity gets a token for what it calls. */
export function managedIdentitySignIn(signIn: SignIn): object {
  const { server } = signIn;
  return row(signIn, 'AADManagedIdentitySignInLogs', 'ManagedIdentitySignInLogs', {
    AppId: `mi-${server.id}`,
    ClientCredentialType: 'managedIdentity',
    ManagedServiceIdentity: JSON.stringify({ msiType: 'SystemAssigned' }),
    ResourceDisplayName: server.downstream,
    ResourceIdentity: `https://${server.downstream}`,
    ServicePrincipalId: `mi-${server.id}`,
    ServicePrincipalName: server.roleName,
  });
}

/** A server gets a token on behalf of a user: the application is the server, not the agent. */
export function onBehalfOfSignIn(signIn: SignIn): object {
  const { server, user } = signIn;
  return row(signIn, 'AADNonInteractiveUserSignInLogs', 'NonInteractiveUserSignInLogs', {
    AppDisplayName: server.roleName,
    AppId: `app-${server.id}`,
    AuthenticationProtocol: 'none',
    ClientCredentialType: 'clientAssertion',
    IncomingTokenType: 'primaryRefreshToken',
    IsInteractive: false,
    ResourceDisplayName: server.downstream,
    ResourceIdentity: `https://${server.downstream}`,
    UserId: user.replace('@', '-'),
    UserPrincipalName: user,
  });
}
