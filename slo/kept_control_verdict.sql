-- name:    slo/kept_control_verdict
-- purpose: What was kept of the last judgement of one zero control over one window.
-- readers: SRE
-- grain:   one row, or none
-- param:   slo              varchar      -         name of the control
-- param:   definition_hash  varchar      -         what it was judged by
-- param:   window_from      timestamptz  UTC       window start, inclusive
-- param:   window_to        timestamptz  UTC       window end, exclusive
-- column:  state            varchar      -         the verdict
-- column:  population       bigint       subjects  that it was about
-- column:  violating        bigint       subjects  that violated it
-- column:  unobservable     bigint       subjects  of which the evidence did not say
-- column:  judged_at        timestamptz  UTC       when it was judged

select
    state,
    population,
    violating,
    unobservable,
    judged_at

from control_verdicts

where
    slo = {slo:Varchar}
    and definition_hash = {definition_hash:Varchar}
    and window_from = {window_from:Timestamp}
    and window_to = {window_to:Timestamp}

order by judged_at desc

limit 1
