/**
 * Columns of the tables that are written, as Microsoft publishes them:
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 */
export const PUBLISHED_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  ApiManagementGatewayLogs: words(`
    TenantId TimeGenerated OperationName CorrelationId Region IsRequestSuccess Category
    TotalTime CallerIpAddress Method Url ClientProtocol ResponseCode BackendMethod BackendUrl
    BackendResponseCode BackendProtocol RequestSize ResponseSize Cache CacheTime BackendTime
    ClientTime ApiId OperationId ProductId UserId ApimSubscriptionId BackendId LastErrorElapsed
    LastErrorSource LastErrorScope LastErrorSection LastErrorReason LastErrorMessage ApiRevision
    ClientTlsVersion RequestHeaders ResponseHeaders BackendRequestHeaders BackendResponseHeaders
    RequestBody ResponseBody BackendRequestBody BackendResponseBody Errors TraceRecords
    IsTraceRequested IsTraceExpired IsTraceAllowed IsMasterTrace WorkspaceId SourceSystem
    Timestamp Type _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  ApiManagementGatewayMCPLog: words(`
    TenantId TimeGenerated OperationName CorrelationId Region ApiType TransportType
    AuthenticationMethod ClientName ClientVersion ServerName ServerVersion McpServerEndpoint
    ProtocolVersion ToolCount ToolName Method SessionId Error ErrorType SourceSystem Type
    _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  ApiManagementGatewayLlmLog: words(`
    TenantId TimeGenerated OperationName CorrelationId Region SequenceNumber PromptTokens
    CompletionTokens TotalTokens ModelName IsStreamCompletion RequestId DeploymentName
    ApiVersion RequestMessages ResponseMessages SourceSystem Type _IsBillable _BilledSize
    _ResourceId _SubscriptionId
  `),
  AppRequests: words(`
    TenantId TimeGenerated Id Source Name Url Success ResultCode DurationMs Properties
    Measurements OperationName OperationId ParentId SyntheticSource SessionId UserId
    UserAuthenticatedId UserAccountId AppVersion AppRoleName AppRoleInstance ClientType
    ClientModel ClientOS ClientIP ClientCity ClientStateOrProvince ClientCountryOrRegion
    ClientBrowser ResourceGUID IKey SDKVersion ItemCount ReferencedItemId ReferencedType
    SourceSystem Type _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  AppDependencies: words(`
    TenantId TimeGenerated Id Target DependencyType Name Data Success ResultCode DurationMs
    Properties Measurements OperationName OperationId ParentId SyntheticSource SessionId UserId
    UserAuthenticatedId UserAccountId AppVersion AppRoleName AppRoleInstance ClientType
    ClientModel ClientOS ClientIP ClientCity ClientStateOrProvince ClientCountryOrRegion
    ClientBrowser ResourceGUID IKey SDKVersion ItemCount ReferencedItemId ReferencedType
    SourceSystem Type _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  AppTraces: words(`
    TenantId TimeGenerated Message SeverityLevel Properties Measurements OperationName
    OperationId ParentId SyntheticSource SessionId UserId UserAuthenticatedId UserAccountId
    AppVersion AppRoleName AppRoleInstance ClientType ClientModel ClientOS ClientIP ClientCity
    ClientStateOrProvince ClientCountryOrRegion ClientBrowser ResourceGUID IKey SDKVersion
    ItemCount ReferencedItemId ReferencedType SourceSystem Type _IsBillable _BilledSize
    _ResourceId _SubscriptionId
  `),
  AppEvents: words(`
    TenantId TimeGenerated Name Properties Measurements OperationName OperationId ParentId
    SyntheticSource SessionId UserId UserAuthenticatedId UserAccountId AppVersion AppRoleName
    AppRoleInstance ClientType ClientModel ClientOS ClientIP ClientCity ClientStateOrProvince
    ClientCountryOrRegion ClientBrowser ResourceGUID IKey SDKVersion ItemCount SourceSystem Type
    _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  AppExceptions: words(`
    TenantId TimeGenerated ProblemId HandledAt ExceptionType Message Assembly Method OuterType
    OuterMessage OuterAssembly OuterMethod InnermostType InnermostMessage InnermostAssembly
    InnermostMethod SeverityLevel Details Properties Measurements OperationName OperationId
    ParentId SyntheticSource SessionId UserId UserAuthenticatedId UserAccountId AppVersion
    AppRoleName AppRoleInstance ClientType ClientModel ClientOS ClientIP ClientCity
    ClientStateOrProvince ClientCountryOrRegion ClientBrowser ResourceGUID IKey SDKVersion
    ItemCount SourceSystem Type _IsBillable _BilledSize _ResourceId _SubscriptionId
  `),
  AADManagedIdentitySignInLogs: words(`
    TenantId SourceSystem TimeGenerated OperationName OperationVersion Category ResultType
    ResultSignature ResultDescription DurationMs CorrelationId ResourceGroup Identity Level
    Location AADTenantId Agent AppId AppOwnerTenantId AuthenticationContextClassReferences
    AuthenticationProcessingDetails ClientCredentialType ConditionalAccessAudiences
    ConditionalAccessPolicies ConditionalAccessStatus CreatedDateTime FederatedCredentialId Id
    IPAddress LocationDetails ManagedServiceIdentity NetworkLocationDetails ResourceDisplayName
    ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId
    ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint ServicePrincipalId
    ServicePrincipalName SessionId SourceAppClientId UniqueTokenIdentifier UserAgent Type
    _IsBillable _BilledSize
  `),
  AADNonInteractiveUserSignInLogs: words(`
    TenantId SourceSystem TimeGenerated OperationName OperationVersion Category ResultType
    ResultSignature ResultDescription DurationMs CorrelationId ResourceGroup Identity Level
    Location AADTenantId Agent AlternateSignInName AppDisplayName AppId AppliedEventListeners
    AppOwnerTenantId AuthenticationContextClassReferences AuthenticationDetails
    AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationProtocol
    AuthenticationRequirement AuthenticationRequirementPolicies AuthenticatorAppLocation
    AutonomousSystemNumber ClientAppUsed ClientCredentialType ClientSessionId
    ConditionalAccessAudiences ConditionalAccessPolicies ConditionalAccessStatus CreatedDateTime
    CrossTenantAccessType DeviceDetail FederatedCredentialId GlobalSecureAccessIpAddress
    HomeTenantId HomeTenantName Id IncomingTokenType IPAddress IsInteractive IsRisky
    IsTenantRestricted IsThroughGlobalSecureAccess LocationDetails MfaDetail
    NetworkLocationDetails OriginalRequestId OriginalTransferMethod ProcessingTimeInMs
    ResourceDisplayName ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId
    ResourceTenantId RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated
    RiskLevelDuringSignIn RiskState ServicePrincipalId SessionId SessionLifetimePolicies
    SignInEventTypes SignInIdentifierType TokenProtectionStatusDetails Status TokenIssuerName
    TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName
    UserType Type _IsBillable _BilledSize
  `),
  AgentsInfo: words(`
    TenantId TimeGenerated Timestamp AgentId Name Platform Description Version SourceAgentId
    EntraAgentID EntraBlueprintID ToolsAuthenticationType Permissions PublishedStatus
    LifecycleStatus Availability CreatedDateTime LastPublishedDateTime LastUpdatedDateTime
    Owners SharedWith InstanceCount Instructions Model Channels Capabilities DeclaredDataSources
    DeclaredTools McpServers Skills ConnectedAgents Memory Triggers Guardrails Endpoints
    ObservabilityID RawAgentInfo SourceSystem Type _IsBillable _BilledSize
  `),
};

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
