-- name:    slo/record_slo_verdict
-- purpose: Keeps the verdict on one objective.
-- readers: SRE
-- grain:   one row per objective and judgement; all counts are weights
insert into slo_verdicts (
    slo,
    objective,
    window_from,
    window_to,
    state,
    reason,
    target_ppm,
    good,
    bad,
    excluded,
    unmeasurable,
    in_scope,
    definition_hash,
    judged_at
)
values (
    {slo:Varchar},
    {objective:Varchar},
    {window_from:Timestamp},
    {window_to:Timestamp},
    {state:Varchar},
    {reason:Varchar},
    {target_ppm:Bigint},
    {good:Bigint},
    {bad:Bigint},
    {excluded:Bigint},
    {unmeasurable:Bigint},
    {in_scope:Bigint},
    {definition_hash:Varchar},
    {judged_at:Timestamp}
)
