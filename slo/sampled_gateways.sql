-- name:    slo/sampled_gateways
-- purpose: Gateways in front of MCP endpoints of which some API has no diagnostic setting that logs every request.
-- readers: SRE
-- grain:   one row per sampled gateway
-- param:   from_at           timestamptz  UTC      window start, inclusive; what was read last before it was in force then
-- param:   to_at             timestamptz  UTC      window end, exclusive
-- column:  gateway           varchar      -        the API Management service
-- column:  sampling_percent  double       percent  of the most complete setting of its most sampled API

with

-- A window ends with its evidence, and settings are read after that: what is read up to a day later was in force.
timed_settings as (

    select
        gateway,
        coalesce(api_id, '') as api_id,
        diagnostic_id,
        observed_at,
        coalesce(sampling_percent, 100) as sampling_percent,
        case when coalesce(fronts_mcp, true) then 1 else 0 end as may_front_mcp,
        case
            when observed_at < {from_at:Timestamp} then 'before'
            when observed_at < x_add_ms({to_at:Timestamp}, 86400000.0) then 'within'
            else 'after'
        end as read

    from gateway_settings

),

read_settings as (

    select
        *,
        row_number() over (
            partition by gateway, api_id, diagnostic_id, read
            order by
                case when read = 'after' then observed_at end,
                observed_at desc,
                sampling_percent
        ) as nearness,
        -- 'after' comes first in the alphabet.
        max(read) over (partition by gateway, api_id, diagnostic_id) = 'after' as is_only_after

    from timed_settings

),

-- A window is as complete as it was at its worst. Where nothing was read until then, the first reading after it says most.
settings as (

    select
        gateway,
        api_id,
        diagnostic_id,
        min(sampling_percent) as sampling_percent,
        max(may_front_mcp) as may_front_mcp

    from read_settings

    where
        read = 'within'
        or (read = 'before' and nearness = 1)
        or (is_only_after and nearness = 1)

    group by
        gateway,
        api_id,
        diagnostic_id

),

-- '' is every API without a setting of its own.
apis as (

    select distinct gateway, api_id
    from settings
    where may_front_mcp = 1

),

diagnostics as (

    select distinct gateway, diagnostic_id
    from settings

),

-- The setting of an API is in the place of the one for all of the same diagnostic.
effective as (

    select
        apis.gateway,
        apis.api_id,
        coalesce(own.sampling_percent, shared.sampling_percent) as sampling_percent

    from apis
    inner join diagnostics on apis.gateway = diagnostics.gateway
    left join settings as own
        on apis.gateway = own.gateway
        and apis.api_id = own.api_id
        and diagnostics.diagnostic_id = own.diagnostic_id
    left join settings as shared
        on apis.gateway = shared.gateway
        and shared.api_id = ''
        and diagnostics.diagnostic_id = shared.diagnostic_id

),

logged as (

    select
        gateway,
        api_id,
        max(sampling_percent) as sampling_percent

    from effective

    group by
        gateway,
        api_id

)

select
    gateway,
    min(sampling_percent) as sampling_percent

from logged

group by gateway

having min(sampling_percent) < 100

order by gateway
