-- name:    sre/coverage_by_source_and_field
-- purpose: Which contract fields the evidence of calls has in each source, and what that source can hold at all.
-- readers: SRE, SOC
-- grain:   one row per source of call evidence and contract field, also of sources that were not heard
-- brief:   source_table, layer, kind, field, state, present_ratio, records
-- uses:    soc/relations/call_sources
-- param:   from_at        timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at          timestamptz  UTC      window end, exclusive (default: now)
-- column:  source_table   varchar      -        Azure table or stream
-- column:  layer          varchar      -        gateway or server
-- column:  kind           varchar      -        request or call
-- column:  field          varchar      -        contract field
-- column:  state          varchar      -        complete, partial, missing (it could hold it), cannot_hold, or no_data (no record of a call: not 0 %)
-- column:  present_ratio  double       ratio    share of the records that have it, by weight; null: no_data or cannot_hold
-- column:  records        bigint       records  evidence of calls in the window
-- column:  represented    bigint       records  records that they stand for
-- column:  present        bigint       records  of these, have the field

with

call_events as (

    select x_to_uuid(x_each(x_split(event_ids, ','))) as event_id

    from tool_calls

    where
        event_ids <> ''
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

-- Few kinds of records, many records: what is crossed with the fields is counted first.
kinds as (

    select
        event.source_table,
        event.layer,
        event.kind,
        ',timestamp'
        || case when event.agent_id is not null then ',agent_id' else '' end
        || case when event.server_id is not null then ',server_id' else '' end
        || case when event.tool_name is not null then ',tool_name' else '' end
        || case when event.mcp_session_id is not null then ',mcp_session_id' else '' end
        || case when event.caller_identity is not null then ',caller_identity' else '' end
        || case when event.downstream_resource is not null then ',downstream_resource' else '' end
        || case when event.authorization_mode is not null then ',authorization_mode' else '' end
        || case when event.approval_required is not null then ',approval_required' else '' end
        || case when event.approval_result is not null then ',approval_result' else '' end
        || case when event.latency_ms is not null then ',latency_ms' else '' end
        || case
            when event.result_code is not null or event.http_status is not null
                or event.rpc_error_code is not null or event.error_type is not null then ',result_code'
            else ''
        end
        || ',' as present,
        event.weight

    from events as event

    where event.event_id in (select event_id from call_events)

),

counted as (

    select
        source_table,
        layer,
        kind,
        present,
        count(*) as records,
        sum(weight) as represented

    from kinds

    group by
        source_table,
        layer,
        kind,
        present

),

by_field as (

    select
        sources.source_table,
        sources.layer,
        sources.kind,
        sources.field,
        sources.can_hold,
        coalesce(sum(counted.records), 0) as records,
        coalesce(sum(counted.represented), 0) as represented,
        coalesce(
            sum(
                case
                    when x_contains(counted.present, ',' || sources.field || ',') then counted.represented
                    else 0
                end
            ),
            0
        ) as present

    from call_sources as sources
    left join counted
        on sources.source_table = counted.source_table
        and sources.layer = counted.layer
        and sources.kind = counted.kind

    group by
        sources.source_table,
        sources.layer,
        sources.kind,
        sources.field,
        sources.can_hold

)

select
    source_table,
    layer,
    kind,
    field,
    case
        when not can_hold and present = 0 then 'cannot_hold'
        when represented = 0 then 'no_data'
        when present = 0 then 'missing'
        when present = represented then 'complete'
        else 'partial'
    end as state,
    case when can_hold or present > 0 then present / nullif(represented, 0) end as present_ratio,
    cast(records as bigint) as records,
    cast(represented as bigint) as represented,
    cast(present as bigint) as present

from by_field

order by source_table, layer, kind, field
