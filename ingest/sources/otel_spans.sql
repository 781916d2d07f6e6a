-- source:  OTelSpans
-- purpose: An OpenTelemetry span, from OTLP/JSON or from the OTelSpans table.
-- docs:    https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
-- grain:   one row per span
-- key:     trace id, span id
-- recognised: type OTelSpans
-- recognised: fields otlp_span
-- recognised: fields traceid spanid starttimeunixnano
-- recognised: fields traceid spanid scopename kind

select * exclude (blueprint_id, project_id) from span_records
