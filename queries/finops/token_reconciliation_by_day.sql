-- name:    finops/token_reconciliation_by_day
-- purpose: Whether the tokens that were counted by request agree with what the gateway's metrics and usage records say.
-- readers: FinOps
-- grain:   one row per day in UTC with tokens in any of the three
-- brief:   day, counted_input_tokens, metric_input_tokens, metric_input_ratio, usage_input_tokens
-- param:   from_at                timestamptz  UTC     window start, inclusive (default: now-30d)
-- param:   to_at                  timestamptz  UTC     window end, exclusive (default: now)
-- column:  day                    timestamptz  UTC     start of the day
-- column:  counted_input_tokens   bigint       tokens  of model calls, corrected for sampling: what costs are made of
-- column:  counted_output_tokens  bigint       tokens  of the same
-- column:  metric_input_tokens    bigint       tokens  of API Management's token metrics; null: none were read
-- column:  metric_output_tokens   bigint       tokens  of the same; estimates where answers were streamed
-- column:  metric_input_ratio     double       ratio   metric_input_tokens / counted_input_tokens
-- column:  metric_output_ratio    double       ratio   metric_output_tokens / counted_output_tokens
-- column:  usage_input_tokens     bigint       tokens  of usage records without a request's id, which no cost counts
-- column:  usage_output_tokens    bigint       tokens  of the same

with

said as (

    select
        x_bin("timestamp", 86400) as day,
        'counted' as source,
        input_tokens * weight as input_tokens,
        output_tokens * weight as output_tokens

    from model_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    union all

    select
        x_bin(occurred_at, 86400) as day,
        kind as source,
        input_tokens,
        output_tokens

    from events

    where
        layer = 'platform'
        and kind in ('metric', 'usage')
        and (input_tokens is not null or output_tokens is not null)
        and occurred_at >= {from_at:Timestamp}
        and occurred_at < {to_at:Timestamp}

),

by_day as (

    select
        day,
        sum(case when source = 'counted' then input_tokens end) as counted_input,
        sum(case when source = 'counted' then output_tokens end) as counted_output,
        sum(case when source = 'metric' then input_tokens end) as metric_input,
        sum(case when source = 'metric' then output_tokens end) as metric_output,
        sum(case when source = 'usage' then input_tokens end) as usage_input,
        sum(case when source = 'usage' then output_tokens end) as usage_output

    from said

    group by day

)

select
    day,
    cast(counted_input as bigint) as counted_input_tokens,
    cast(counted_output as bigint) as counted_output_tokens,
    cast(metric_input as bigint) as metric_input_tokens,
    cast(metric_output as bigint) as metric_output_tokens,
    metric_input / nullif(counted_input, 0) as metric_input_ratio,
    metric_output / nullif(counted_output, 0) as metric_output_ratio,
    cast(usage_input as bigint) as usage_input_tokens,
    cast(usage_output as bigint) as usage_output_tokens

from by_day

order by day
