-- name:    slo/unread_gateways
-- purpose: Gateways that carried MCP traffic and of which no diagnostic setting was ever read: nobody knows what they log.
-- readers: SRE
-- grain:   one row per gateway
-- uses:    soc/relations/gateways_in_use
-- param:   from_at  timestamptz  UTC  window start, inclusive
-- param:   to_at    timestamptz  UTC  window end, exclusive
-- column:  gateway  varchar      -    the API Management service

select
    gateways_in_use.gateway

from gateways_in_use

anti join gateway_settings on gateways_in_use.gateway = gateway_settings.gateway

order by gateway
