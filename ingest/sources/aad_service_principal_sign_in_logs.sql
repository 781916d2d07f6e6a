-- source:  AADServicePrincipalSignInLogs
-- purpose: A token for an application or an agent identity, by a credential of its own.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs
-- grain:   one row per sign-in
-- key:     Id, UniqueTokenIdentifier; all that is read of it where it has no Id
-- says: That an application or an agent identity got a token by its own credential, and whether Entra holds it to be an agent.
-- cannot: How often a token was used, and by which tool.
-- recognised: type AADServicePrincipalSignInLogs
-- recognised: category ServicePrincipalSignInLogs
-- recognised: fields serviceprincipalid serviceprincipalcredentialkeyid resulttype uniquetokenidentifier

select
    *,
    'service_principal' as authorization_mode

from sign_in_records
