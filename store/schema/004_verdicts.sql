-- What was judged. Only `run` writes here; readers judge into TEMP tables of the same shape.

create table slo_verdicts (
    slo varchar not null,
    objective varchar not null,
    window_from timestamptz not null,
    window_to timestamptz not null,
    state varchar not null, -- met | at_risk | breached | insufficient_data | not_provable
    reason varchar not null,
    target_ppm bigint,
    good bigint,
    bad bigint,
    excluded bigint,
    unmeasurable bigint,
    in_scope bigint,
    definition_hash varchar not null,
    judged_at timestamptz not null
);

create table control_verdicts (
    slo varchar not null,
    window_from timestamptz not null,
    window_to timestamptz not null,
    state varchar not null,
    reason varchar not null,
    population bigint,
    classified bigint,
    violating bigint,
    unobservable bigint,
    definition_hash varchar not null,
    judged_at timestamptz not null
);

create table detections (
    detection_id varchar not null,
    rule_id varchar not null,
    level varchar not null,
    "timestamp" timestamptz not null,
    call_id uuid,
    title varchar not null,
    detail varchar
);

create table charges (
    charge_id varchar not null,
    charged_at timestamptz not null,
    meter varchar not null,
    call_id uuid,
    model_event_id uuid,
    agent_id varchar,
    server_id varchar,
    tool_name varchar,
    model varchar,
    cost_center varchar,
    subscription_id varchar,
    quantity decimal(38, 12) not null,
    unit_price decimal(38, 12), -- NULL: no price was found, the charge is unpriced
    amount decimal(38, 12),
    currency varchar,
    basis varchar not null -- measured | allocated | unpriced
);
