-- source:  ApimDiagnostic
-- purpose: A diagnostics resource of API Management: what it logs, at which scope.
-- docs:    https://learn.microsoft.com/rest/api/apimanagement/diagnostic
-- grain:   one row per diagnostic, service-wide or of one API
-- key:     the resource id, when it was seen so, its settings
-- says: How many bytes of bodies are logged, what is sampled, and how traces are passed on; service-wide or of one API.
-- cannot: What was logged in the past: it is the setting as it was read.
-- recognised: type Microsoft.ApiManagement/service/diagnostics
-- recognised: type Microsoft.ApiManagement/service/apis/diagnostics
-- recognised: type Microsoft.ApiManagement/service/workspaces/diagnostics
-- recognised: type Microsoft.ApiManagement/service/workspaces/apis/diagnostics

with

picked as (

    select
        record_id,
        lower(pick(k, v, 'id')) as id,
        coalesce(pick(k, v, 'name'), regexp_extract(pick(k, v, 'id'), '/diagnostics/([^/]+)$', 1)) as diagnostic_id,
        coalesce(as_time(coalesce(pick(k, v, 'observedat'), pick(k, v, 'time'))), observed_at_of(record_id)) as observed_at,
        bag_text(pick(k, v, 'properties')) as settings,
        coalesce(substr(ltrim(pick(k, v, 'properties')), 1, 1) <> '{' or not json_valid(pick(k, v, 'properties')), true) as is_unreadable

    from records

)

select
    record_id,
    0 as item_no,
    concat_ws('|', id, epoch_us(observed_at), md5(settings)) as natural_key,
    cast(1 as smallint) as source_rank,
    case
        when id is null or not contains(id, '/service/') then 'no resource id'
        when is_unreadable then 'no properties'
    end as reject_reason,
    'config' as layer,
    'diagnostic' as kind,
    -- A resource has no time of its own: it is as old as the file that it came in.
    observed_at as occurred_at,
    regexp_extract(id, '^(.*/service/[^/]+)', 1) as resource_id,
    nullif(regexp_extract(id, '/apis/([^/;]+)', 1), '') as server_id,
    body_bytes(settings, 'frontend', 'response') as response_body_logged_bytes,
    cast(1 as bigint) as weight,
    json_object(
        'diagnostic_id', diagnostic_id,
        'response_body_bytes', body_bytes(settings, 'frontend', 'response'),
        'request_body_bytes', body_bytes(settings, 'frontend', 'request'),
        'backend_response_body_bytes', body_bytes(settings, 'backend', 'response'),
        'llm_messages', json_extract_string(settings, '$.largeLanguageModel.logs') = 'enabled',
        'correlation_protocol', json_extract_string(settings, '$.httpCorrelationProtocol'),
        'sampling_percent', sampling_percent(settings)
    ) as tags

from picked
