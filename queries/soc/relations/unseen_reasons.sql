-- name:    soc/relations/unseen_reasons
-- purpose: Why the gateway has no record of a call: it went around, or the log is late, sampled or off, or nobody can say.
-- readers: SOC
-- grain:   one row per call without gateway evidence
-- uses:    soc/relations/server_gateways, soc/relations/gateway_silences, soc/relations/unseen_calls
-- param:   from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC      window end, exclusive (default: now)
-- param:   late_minutes     bigint       minutes  how much later than its neighbours a log row may come (default: 20)
-- param:   silence_minutes  bigint       minutes  a longer pause between two log rows may be a gap (default: 60)
-- column:  call_id          uuid         -        stable id of the call
-- column:  unseen_why       varchar      -        not_through, log_late, log_sampled, log_off or not_provable
-- column:  evidence         varchar      -        what decides it, in a word; docs/soc.md explains each

with

servers_reached as (

    select
        server_key,
        sum(case when is_insights then 0 else log_rows end) as log_rows,
        sum(case when is_insights then log_rows else 0 end) as insights_rows,
        max(case when is_insights then max_weight end) as insights_weight,
        sum(opening_rows) as opening_rows,
        min(sampling_percent) as sampling_percent,
        count(case when not is_insights and sampling_percent is null then 1 end) as unread_settings,
        count(case when not is_insights and heard.gateway is null then 1 end) as mute_gateways

    from server_gateways
    left join (select distinct gateway from gateway_silences) as heard
        on server_gateways.gateway = heard.gateway

    group by server_key

),

in_silence as (

    select
        unseen_calls.call_id,
        max(case when silence.silent_to is null then 1 else 0 end) as is_open

    from unseen_calls
    inner join server_gateways
        on unseen_calls.server_key = server_gateways.server_key
        and not server_gateways.is_insights
    inner join gateway_silences as silence on server_gateways.gateway = silence.gateway

    where
        (silence.silent_from is null or unseen_calls.called_at > silence.silent_from)
        and (silence.silent_to is null or unseen_calls.called_at < silence.silent_to)

    group by unseen_calls.call_id

),

-- A log that lacks calls of sessions which it knows lacks others too.
lossy_gateways as (

    select distinct server_gateways.gateway

    from unseen_calls
    inner join server_gateways on unseen_calls.server_key = server_gateways.server_key
    left join in_silence on unseen_calls.call_id = in_silence.call_id

    where
        (unseen_calls.is_session_known or unseen_calls.is_trace_known)
        and not unseen_calls.is_near_another
        and in_silence.call_id is null

),

lossy_servers as (

    select distinct server_key
    from server_gateways
    where gateway in (select gateway from lossy_gateways)

),

inventoried as (

    select distinct x_lower(server_id) as server_key
    from servers
    where is_known

),

insights_settings as (

    select coalesce(min(sampling_percent), 100) as sampling_percent
    from gateway_settings
    where diagnostic_id = 'applicationinsights'

),

decided as (

    select
        unseen_calls.call_id,
        case
            when unseen_calls.server_key is null then 'server_unknown'
            when reached.server_key is null and inventoried.server_key is null
                then 'no_gateway_known'
            when coalesce(reached.log_rows + reached.insights_rows, 0) = 0 then 'no_row_of_server'
            when reached.log_rows = 0
                and (reached.insights_weight > 1 or insights_settings.sampling_percent < 100)
                then 'only_application_insights'
            when reached.log_rows = 0 then 'sampling_not_known'
            when reached.mute_gateways > 0 then 'gateway_without_log'
            when reached.sampling_percent < 100 then 'diagnostic_setting'
            when in_silence.is_open = 1 then 'nothing_newer'
            when in_silence.is_open = 0 then 'silent_around'
            when unseen_calls.is_session_known then 'session_at_gateway'
            when unseen_calls.is_trace_known then 'trace_at_gateway'
            when unseen_calls.is_near_another then 'gateway_call_near'
            when reached.unread_settings > 0 then 'sampling_not_read'
            when unseen_calls.is_session_plain and reached.opening_rows > 0
                then 'session_not_from_gateway'
            when lossy_servers.server_key is not null then 'log_loses_records'
            else 'log_complete'
        end as evidence

    from unseen_calls
    cross join insights_settings
    left join servers_reached as reached on unseen_calls.server_key = reached.server_key
    left join inventoried on unseen_calls.server_key = inventoried.server_key
    left join lossy_servers on unseen_calls.server_key = lossy_servers.server_key
    left join in_silence on unseen_calls.call_id = in_silence.call_id

)

select
    call_id,
    case
        when evidence in ('session_not_from_gateway', 'log_complete') then 'not_through'
        when evidence in ('nothing_newer', 'silent_around') then 'log_late'
        when evidence in ('diagnostic_setting', 'only_application_insights') then 'log_sampled'
        when evidence in ('no_row_of_server', 'gateway_without_log') then 'log_off'
        else 'not_provable'
    end as unseen_why,
    evidence

from decided

order by call_id
