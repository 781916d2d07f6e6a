-- name:    slo/sampled_gateways
-- purpose: Gateways in front of MCP endpoints of which no diagnostic setting logs every request.
-- readers: SRE
-- grain:   one row per sampled gateway
-- param:   to_at             timestamptz  UTC      settings seen before this are looked at
-- column:  gateway           varchar      -        the API Management service
-- column:  sampling_percent  double       percent  of its most complete diagnostic setting

with

newest_settings as (

    select gateway, sampling_percent, fronts_mcp

    from gateway_settings

    where observed_at < {to_at:Timestamp}

    qualify row_number() over (
        partition by gateway, api_id, diagnostic_id
        order by observed_at desc, sampling_percent
    ) = 1

)

select
    gateway,
    max(coalesce(sampling_percent, 100)) as sampling_percent

from newest_settings

where coalesce(fronts_mcp, true)

group by gateway

having max(coalesce(sampling_percent, 100)) < 100

order by gateway
