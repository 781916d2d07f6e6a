-- source:  AADManagedIdentitySignInLogs
-- purpose: A token for a managed identity.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadmanagedidentitysigninlogs
-- grain:   one row per sign-in
-- key:     Id, UniqueTokenIdentifier; all that is read of it where it has no Id
-- says: That a managed identity got a token, or was refused: for which resource, with which token id.
-- cannot: How often a token was used: one sign-in covers all calls of a token's life.
-- recognised: type AADManagedIdentitySignInLogs
-- recognised: category ManagedIdentitySignInLogs
-- recognised: fields serviceprincipalid managedserviceidentity resulttype

select
    *,
    'managed_identity' as authorization_mode

from sign_in_records
