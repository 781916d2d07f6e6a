-- Where the config asks for pseudonyms: people and addresses are hidden before anything else is made of a row, so that
-- the hash of what is stored does not rest on them. Identity does, where a record has no id of its own.

create or replace temp macro as_caller(x) as
    case
        when not hides('caller_identity') then mask_ips(x)
        -- The same for who was hidden at once and for who was hidden after the addresses were.
        when x is not null then pseudonym('identity', kept(mask_ips(x)))
    end;
create or replace temp macro as_address(x) as
    case when not hides('caller_ip') then without_port(x) when x is not null then pseudonym('address', kept(without_port(x))) end;
create or replace temp macro hidden_owner(t, name) as
    case when json_extract_string(t, '$.' || name) is not null then json_object(name, pseudonym('identity', kept(mask_ips(json_extract_string(t, '$.' || name))))) else '{}' end;
create or replace temp macro as_owned(t) as
    case when hides('caller_identity') and t is not null then json_merge_patch(t, hidden_owner(t, 'owner'), hidden_owner(t, 'sponsor')) else t end;
