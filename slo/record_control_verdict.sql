-- name:    slo/record_control_verdict
-- purpose: Keeps the verdict on one zero control.
-- readers: SRE
-- grain:   one row per control and judgement
insert into control_verdicts (
    slo,
    window_from,
    window_to,
    state,
    reason,
    population,
    classified,
    violating,
    unobservable,
    definition_hash,
    judged_at
)
values (
    {slo:Varchar},
    {window_from:Timestamp},
    {window_to:Timestamp},
    {state:Varchar},
    {reason:Varchar},
    {population:Bigint},
    {classified:Bigint},
    {violating:Bigint},
    {unobservable:Bigint},
    {definition_hash:Varchar},
    {judged_at:Timestamp}
)
