-- source:  AADNonInteractiveUserSignInLogs
-- purpose: A token for a user without the user being asked: how an on-behalf-of call shows.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadnoninteractiveusersigninlogs
-- grain:   one row per sign-in
-- key:     Id, UniqueTokenIdentifier; all that is read of it where it has no Id
-- says: That an application got a token on behalf of a user, for which resource, with which token id.
-- cannot: How often a token was used, and by which tool.
-- recognised: type AADNonInteractiveUserSignInLogs
-- recognised: category NonInteractiveUserSignInLogs
-- recognised: fields userprincipalname isinteractive resulttype uniquetokenidentifier

select
    *,
    'obo' as authorization_mode

from sign_in_records
