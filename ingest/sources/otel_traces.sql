-- source:  OTelSpans
-- purpose: Spans in the tables OTelTraces and OTelTracesAgent, where their rows hold one.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/oteltraces
-- grain:   one row per span
-- key:     trace id, span id
-- says: The same as OTelSpans, where a row holds a span.
-- cannot: Anything by the columns that are documented, which hold no span; such rows are set aside.
-- recognised: type OTelTraces
-- recognised: type OTelTracesAgent

select
    * exclude (blueprint_id, project_id) replace (
        case when operation_id is not null and span_id is not null then reject_reason end as reject_reason,
        case when operation_id is null or span_id is null then 'a row of OTelTraces that holds no span' end as exclude_reason
    )

from span_records
