-- source:  OTelSpans
-- purpose: An OpenTelemetry span, from OTLP/JSON or from the OTelSpans table.
-- docs:    https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
-- grain:   one row per span
-- key:     trace id, span id
-- says: Calls by MCP's semantic conventions, with tool, session, error; requests, dependencies, and tokens of model requests.
-- cannot: Log records and metrics of OTLP: evidence is read from spans.
-- cannot: Internal spans that say nothing of MCP or models and have no span around them and no link: they are set aside.
-- cannot: The tokens of an agent's run apart from its model requests: they are a sum, kept and not counted.
-- recognised: type OTelSpans
-- recognised: fields otlp_span
-- recognised: fields traceid spanid starttimeunixnano
-- recognised: fields traceid spanid scopename kind

select * exclude (blueprint_id, project_id) from span_records
