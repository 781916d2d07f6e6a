-- The agent that the other side of a call named, where it is another one.
alter table correlated_calls add column other_agent_id varchar;
