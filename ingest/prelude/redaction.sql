-- What telemetry must not bring into the store, wherever it puts it, and what takes its place. Patterns are variables:
-- macros would be put together again wherever they are named.

---------- credentials
-- Unmistakable by their form. Labels may be quoted, also within JSON text: \"password\":\"…\".
set variable token_pattern = '(?i)\b(?:bearer|basic)\s+[a-z0-9._~+/=-]{8,}|(?:\b|_)eyJ[a-z0-9_-]{4,}\.[a-z0-9_-]{4,}[a-z0-9._-]*';
set variable credential_pattern =
    getvariable('token_pattern')
    || '|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|-[^-])*(?:-----END [A-Z ]*PRIVATE KEY-----)?'
    || '|\b(?:set-)?cookie2?\\*["'']?\s*[:=]\s*[^\s][^\r\n]*'
    || '|\b(?:proxy-)?authorization\\*["'']?\s*[:=]\s*[^\s][^\r\n,;]*'
    || '|(?:\b|%3f|%26)(?:sig|[a-z_-]*accountkey|[a-z_-]*sharedaccesskey|sharedaccesssignature)(?:=|%3d)[^&;\s"'']{4,}'
    || '|[a-z0-9_~.-]{3}[0-9]Q~[a-z0-9_~.-]{30,}'
    || '|[a-z0-9+/]{86}=='
    || '|://[^/?#@\s]+@';
-- Looks like a key or a password by its label or its first letters.
set variable bare_key_pattern = '\b(?:sk|pk|rk|gh[pousr]|github_pat|glpat|xox[a-z])[-_][a-z0-9_-]{12,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9a-z_-]{30,}';
set variable key_pattern =
    getvariable('bare_key_pattern')
    || '|\b[a-z0-9_.-]*(?:password|passwd|passphrase|pwd|secret)\\*["'']?\s*(?:[:=]|%3d)\s*(?:\\*"[^"]+"?|''[^'']+''?|[^&;,\s"'']+)'
    || '|(?:(?:\b|%3f|%26)(?:code|credentials?|assertion)|\b[a-z0-9_.-]*(?:key|token))\\*["'']?\s*(?:=|%3d)\s*(?:\\*"[^"]+"?|''[^'']+''?|[^&;,\s"'']{4,})'
    || '|\b[a-z0-9_.-]*(?:key|token|credentials?|assertion)\\*["'']?\s*:\s*(?:\\*"[^"]+"?|''[^'']+''?|[^&;,\s"'']{8,})';
set variable secret_pattern = getvariable('credential_pattern') || '|' || getvariable('key_pattern');

-- For `regexp_matches` the engine puts a pattern together three times, which for these takes longer than many a text.
create or replace temp macro has_any(x, pattern) as regexp_extract(x, pattern) <> '';
create or replace temp macro has_secret(x) as has_any(x, getvariable('secret_pattern'));
create or replace temp macro scrub(x) as
    case when strlen(x) < 6 then x when has_secret(x) then regexp_replace(x, getvariable('secret_pattern'), '[redacted]', 'g') else x end;
-- Of a column in the config's `redaction.keep`: the unmistakable ones only.
create or replace temp macro scrub_credentials(x) as regexp_replace(x, getvariable('credential_pattern'), '[redacted]', 'g');
create or replace temp macro is_credential(x) as has_any(x, getvariable('credential_pattern'));

-- What may be in the keys of a record; its values are not there any more.
create or replace temp macro scrub_keys(x) as regexp_replace(x, getvariable('token_pattern') || '|' || getvariable('bare_key_pattern'), '[redacted]', 'g');

-- What a piece of text that was masked is, by how it begins.
create or replace temp macro secret_kind(x) as
    case
        when regexp_matches(x, '(?i)^(?:bearer|basic|_?eyJ|(?:proxy-)?authorization)') then 'bearer_token'
        when starts_with(x, '://') then 'url_password'
        when starts_with(x, '-----') then 'private_key'
        when regexp_matches(x, '(?i)^(?:set-)?cookie') then 'cookie'
        when regexp_matches(x, '(?i)^(?:%3f|%26)?(?:sig|sharedaccesssignature)(?:=|%3d)') then 'sas_signature'
        when regexp_matches(x, '(?i)^[a-z_-]*(?:accountkey|sharedaccesskey)(?:=|%3d)|^[a-z0-9+/]{86}==') then 'account_key'
        when regexp_matches(x, '(?i)^[a-z0-9_.-]*(?:password|passwd|passphrase|pwd)\\*["'']?\s*(?:[:=]|%3d)') then 'password'
        when regexp_matches(x, '(?i)^[a-z0-9_.-]*(?:secret|assertion|credentials?)\\*["'']?\s*(?:[:=]|%3d)|[0-9]Q~') then 'client_secret'
        else 'api_key'
    end;

---------- people and addresses
-- Keyed, so that who has the database but not the key cannot try names; the same in every column, so that rows
-- still belong together. Letters' case does not count in an address of either kind. ingest/pseudonym.ts does the same.
create or replace temp macro pseudonym(prefix, x) as
    prefix || '-' || substr(sha256(getvariable('store_key') || chr(31) || prefix || chr(31) || lower(x)), 1, 24);

set variable email_pattern = '[\pL\pN._+#-]+(?:@|%40)[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}';
create or replace temp macro emails_in(x) as list_distinct(regexp_extract_all(x, getvariable('email_pattern')));
-- One may be the end of another, which goes first.
create or replace temp macro longest_first(x) as
    list_transform(list_reverse_sort(list_transform(x, lambda each_text: {'size': length(each_text), 'text': each_text})), lambda each_sized: each_sized.text);
create or replace temp macro mask_emails(x) as
    case when contains(x, '@') or contains(x, '%40')
        then list_reduce(list_prepend(x, longest_first(emails_in(x))), lambda masked, each_email: replace(masked, each_email, pseudonym('identity', replace(each_email, '%40', '@'))))
        else x end;

-- An address stands alone, or letters, `_` or `-` touch it; behind a lone `v`, or a product's name and a slash, stands a
-- version. Version numbers with four parts alone cannot be told, so client_version and server_version are left out, as are
-- the names of hosts. Of IPv6 the eight groups, or fewer around '::'. Names in code (std::vector, a::b) look alike: a group
-- ends with its word, or `_` where a lone colon tells them apart, and an address has a digit; one that ends in '::' is a
-- network, of more than one short group. Letters may touch one that nothing else looks like: that begins as addresses in
-- use do, and has all groups, or two before '::', or is of one link.
set variable ipv4 = '(?:\d{1,3}\.){3}\d{1,3}';
set variable ipv6_tail = '(?:[0-9a-f]{1,4}:){0,6}(?:' || getvariable('ipv4') || '|[0-9a-f]{1,4})';
set variable ipv6_sure =
    '(?:(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff0[0-9a-f])'
    || '(?:(?::[0-9a-f]{1,4}){7}|(?::[0-9a-f]{1,4}){1,6}::' || getvariable('ipv6_tail') || ')'
    || '|fe[89ab][0-9a-f]::' || getvariable('ipv6_tail') || ')';
set variable ip_pattern =
    '(?i)(?:^|[^0-9A-Za-z./]|[a-uw-z]|[a-z]v|^/|[^0-9A-Za-z_)]/|/[a-z0-9_-]+/)'
    || '(' || getvariable('ipv4') || '(?:_' || getvariable('ipv4') || ')*|' || getvariable('ipv6_sure') || ')(?:\b|[a-z_])'
    || '|((?:\b|_)(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?:\b|_)'
    || '|(?:\b|_)[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){1,6}::' || getvariable('ipv6_tail') || '(?:\b|_)'
    || '|\b[0-9a-f]{1,4}::' || getvariable('ipv6_tail') || '\b'
    || '|\b(?:[0-9a-f]{4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){1,6})::\B'
    || '|\B::' || getvariable('ipv6_tail') || '\b)';
create or replace temp macro ips_in(x) as
    list_filter(
        list_distinct(list_transform(
            list_concat(regexp_extract_all(x, getvariable('ip_pattern'), 1), regexp_extract_all(x, getvariable('ip_pattern'), 2)),
            lambda each_found: trim(each_found, '_')
        )),
        lambda each_ip: regexp_matches(each_ip, '\d')
    );
create or replace temp macro mask_ips(x) as
    case when contains(x, '.') or contains(x, ':')
        then list_reduce(list_prepend(x, longest_first(ips_in(x))), lambda masked, each_ip: replace(masked, each_ip, pseudonym('address', each_ip)))
        else x end;

-- A caller's port is another in each connection. An IPv6 address has one only behind brackets.
create or replace temp macro without_port(x) as
    case when contains(x, ':') then regexp_replace(x, '^(?:\[([0-9A-Fa-f:.]+)\](?::\d+)?|((?:\d{1,3}\.){3}\d{1,3}):\d+)$', '\1\2') else x end;

---------- what is kept
create or replace temp macro tidy(x) as nullif(substr(regexp_replace(x, '[\x00-\x1f\x7f]', ' ', 'g'), 1, 1024), '');
-- No secrets, no line breaks or control characters, at most 1,024 characters.
create or replace temp macro kept(x) as tidy(scrub(x));

-- Which texts are ids, which are made for people and addresses, and in which an address is none or has its place.
create or replace temp macro is_id_column(name) as list_contains(['correlation_id', 'operation_id', 'linked_operation_id', 'span_id', 'parent_span_id', 'mcp_session_id', 'conversation_id', 'rpc_request_id', 'approval_id', 'token_id', 'agent_id'], name);
create or replace temp macro is_personal_column(name) as list_contains(['caller_identity', 'approver', 'caller_ip', 'owner', 'sponsor'], name);
create or replace temp macro is_host_column(name) as list_contains(['server_id', 'downstream_resource', 'client_version', 'server_version', 'hosts'], name);
create or replace temp macro is_kept_column(name) as coalesce(list_contains(getvariable('kept_columns'), name), false);

-- One step: inside of a case, and inside of one another, the engine would plan each as often as it is named.
create or replace temp macro without_secrets(name, x) as
    case
        when not has_secret(x) then x
        -- Ids must stay apart even where they are secrets: two sessions are not one because both are tokens.
        when is_id_column(name) and (not is_kept_column(name) or is_credential(x)) then pseudonym('redacted', x)
        when is_kept_column(name) then scrub_credentials(x)
        else scrub(x)
    end;
create or replace temp macro without_emails(name, x) as case when is_personal_column(name) or is_kept_column(name) then x else mask_emails(x) end;
create or replace temp macro without_ips(name, x) as case when is_personal_column(name) or is_host_column(name) or is_kept_column(name) then x else mask_ips(x) end;
-- All steps, for what is not a table of texts.
create or replace temp macro cleaned(name, x) as
    list_transform(list_transform(list_transform([x],
        lambda each_given: without_secrets(name, each_given)),
        lambda each_scrubbed: without_emails(name, each_scrubbed)),
        lambda each_masked: tidy(without_ips(name, each_masked)))[1];

-- Tags text by text, so that what is left is JSON. What is inside of a tag's list or object is named as the tag.
create or replace temp macro tag_texts(x) as
    case json_type(x) when 'VARCHAR' then [json_extract_string(x, '$')] when 'ARRAY' then json_extract_string(x, '$[*]') else [cast(x as varchar)] end;
create or replace temp macro clean_tag(name, x) as
    case
        when json_type(x) = 'VARCHAR' then cast(to_json(cleaned(name, json_extract_string(x, '$'))) as varchar)
        when json_type(x) in ('ARRAY', 'OBJECT') then cast(to_json(list_transform(tag_texts(x), lambda each_text: cleaned(name, each_text))) as varchar)
        else cast(x as varchar)
    end;
create or replace temp macro clean_tags(t) as
    cast('{' || array_to_string(
        list_transform(
            list_zip(json_keys(t), json_extract(t, '$.*')),
            lambda each_tag: cast(to_json(cleaned('tags', each_tag[1])) as varchar) || ':' || clean_tag(case when is_kept_column('tags') then 'tags' else each_tag[1] end, each_tag[2])
        ),
        ','
    ) || '}' as json);

---------- a quick look
-- Without one of these marks there is nothing to do. `texts` holds, behind one another: all texts, chr(30), texts in
-- which an IP address is none or has its place, chr(29), texts for people and addresses.
create or replace temp macro needs_cleaning(texts) as
    strlen(texts) > 1024
    or regexp_matches(
        texts,
        '[\x00-\x1c\x7f=]|\x1e[\s\S]*\x1e|\x1d[\s\S]*\x1d|^[^\x1d]*(?:@|%40)|^[^\x1e]*(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:?)'
        || '|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc] |[Ee][Yy][Jj]|\b[SsPpRr][Kk][-_]|[Gg][Hh][PpOoUuSsRr][-_]|(?i:github_pat|glpat|xox|akia|aiza|q~|%3d|://|-----begin)'
        || '|(?i:cookie2?|authorization|pass[a-z]*|pwd|secret|key|token|credentials?|assertion)\\*["'']?\s*:'
    );

---------- pseudonyms, where the config asks for them: see pseudonyms.sql
create or replace temp macro hides(name) as coalesce(list_contains(getvariable('hidden_columns'), name), false);
create or replace temp macro as_caller(x) as x;
create or replace temp macro as_address(x) as without_port(x);
create or replace temp macro as_owned(t) as t;
