-- source:  OTelSpans
-- purpose: A span of an agent as Foundry's portal and the Python SDK export it: snake_case, ids in `context`.
-- docs:    https://learn.microsoft.com/azure/ai-foundry/observability/concepts/trace-agent-concept
-- grain:   one row per span
-- key:     trace id, span id
-- says: Agent, version, conversation, blueprint and project of an agent's run; its model requests and tool calls.
-- says: Tokens of each model request.
-- cannot: The tokens of a run whose model requests were not exported: a run's tokens are a sum, kept and not counted.
-- cannot: Which Entra identity `Supervisor:68` is: the inventory says it.
-- recognised: fields name context parent_id start_time attributes

select
    * exclude (blueprint_id, project_id, tags),
    case
        when blueprint_id is null and project_id is null then tags
        else json_merge_patch(tags, json_object('blueprint', blueprint_id, 'project', project_id))
    end as tags

from span_records
