-- name:    doctor/evidence/settings_seen
-- purpose: What the diagnostics of API Management said when they were last ingested.
-- grain:   one row per gateway, API and diagnostic
-- column:  gateway               varchar      -        API Management service
-- column:  api_id                varchar      -        API of an API's own diagnostic; null: all APIs
-- column:  diagnostic_id         varchar      -        applicationinsights or azuremonitor
-- column:  observed_at           timestamptz  UTC      when the setting was read
-- column:  fronts_mcp            boolean      -        whether MCP runs through its scope; null: not known
-- column:  response_body_bytes   bigint       bytes    logged of each answer; null: absent in the setting
-- column:  correlation_protocol  varchar      -        W3C, Legacy or None; null: absent, which is Legacy
-- column:  sampling_percent      double       percent  of requests that are logged; null: absent, which is all; 0: none, or what cannot be read

with

latest as (

    select *
    from gateway_settings
    qualify row_number() over (
        partition by gateway, api_id, diagnostic_id
        order by observed_at desc
    ) = 1

)

select
    gateway,
    api_id,
    diagnostic_id,
    observed_at,
    fronts_mcp,
    response_body_bytes,
    correlation_protocol,
    sampling_percent

from latest

order by gateway, api_id, diagnostic_id
