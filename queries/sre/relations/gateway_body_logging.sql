-- name:     sre/relations/gateway_body_logging
-- purpose:  What each gateway's diagnostic settings say about response bodies, and which gateways have none.
-- readers:  SRE
-- grain:    one row per gateway, scope and diagnostic; one row for a gateway without service-wide settings
-- evidence: config
-- uses:     soc/relations/gateways_in_use
-- param:    from_at              timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at                timestamptz  UTC    window end, exclusive (default: now)
-- column:   gateway              varchar      -      API Management service
-- column:   diagnostic_id        varchar      -      diagnostic; '(none seen)' where settings are missing
-- column:   scope                varchar      -      global (all APIs), api, or none (no settings were seen)
-- column:   api_id               varchar      -      API of an api-level setting
-- column:   fronts_mcp           boolean      -      whether the scope covers an MCP endpoint; null: not known
-- column:   response_body_bytes  bigint       bytes  logged of each response body; null: absent in the setting
-- column:   observed_at          timestamptz  UTC    when the setting was read
-- column:   observed_age_hours   double       hours  how long before to_at that was; negative when after

with

-- The reading that was in force at to_at; where there is none, the first one after it.
ranked_settings as (

    select
        gateway,
        api_id,
        diagnostic_id,
        fronts_mcp,
        response_body_bytes,
        observed_at,
        x_ms_between(observed_at, {to_at:Timestamp}) / 3600000 as observed_age_hours,
        row_number() over (
            partition by gateway, api_id, diagnostic_id
            order by
                case when observed_at < {to_at:Timestamp} then 0 else 1 end,
                abs(x_ms_between(observed_at, {to_at:Timestamp})),
                -- Of two readings of one moment, the one that says that most is logged.
                coalesce(response_body_bytes, -1) desc
        ) as nearness

    from gateway_settings

),

settings as (

    select * from ranked_settings where nearness = 1

),

configured as (

    select distinct gateway from settings where api_id is null

)

select
    settings.gateway,
    settings.diagnostic_id,
    case when settings.api_id is null then 'global' else 'api' end as scope,
    settings.api_id,
    case
        when settings.api_id is null and gateways_in_use.gateway is not null then true
        else settings.fronts_mcp
    end as fronts_mcp,
    settings.response_body_bytes,
    settings.observed_at,
    settings.observed_age_hours

from settings

left join gateways_in_use on settings.gateway = gateways_in_use.gateway

union all

select
    gateways_in_use.gateway,
    '(none seen)' as diagnostic_id,
    'none' as scope,
    null as api_id,
    true as fronts_mcp,
    null as response_body_bytes,
    null as observed_at,
    null as observed_age_hours

from gateways_in_use

anti join configured on gateways_in_use.gateway = configured.gateway

order by gateway, scope, api_id, diagnostic_id
