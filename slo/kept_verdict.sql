-- name:    slo/kept_verdict
-- purpose: What was kept of the last judgement of one objective over one window.
-- readers: SRE
-- grain:   one row, or none
-- param:   slo              varchar      -     name of the SLO
-- param:   objective        varchar      -     its objective
-- param:   definition_hash  varchar      -     what it was judged by
-- param:   window_from      timestamptz  UTC   window start, inclusive
-- param:   window_to        timestamptz  UTC   window end, exclusive
-- column:  state            varchar      -     the verdict
-- column:  good             bigint       rows  by weight
-- column:  bad              bigint       rows  by weight
-- column:  judged_at        timestamptz  UTC   when it was judged

select
    state,
    good,
    bad,
    judged_at

from slo_verdicts

where
    slo = {slo:Varchar}
    and objective = {objective:Varchar}
    and definition_hash = {definition_hash:Varchar}
    and window_from = {window_from:Timestamp}
    and window_to = {window_to:Timestamp}

order by judged_at desc

limit 1
