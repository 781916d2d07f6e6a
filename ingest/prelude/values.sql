-- How ingest reads one record. A record is two parallel lists: its keys in lower case and its values
-- as text. Key lookups are therefore case-insensitive, and an object, JSON text and a missing value
-- read alike.

-- Text that stands for 'nothing' in telemetry is absent. 'None' is Python's; 'none' is a word that
-- means something: no authentication, no cache.
create or replace temp macro present(x) as
    case
        when strlen(x) > 9 then nullif(x, '00000000-0000-0000-0000-000000000000')
        when x in ('', '-', '--', 'n/a', 'N/A', 'na', 'NA', 'null', 'NULL', 'Null', 'None', 'undefined', '0.0.0.0', '::', ' ') then null
        else x
    end;

create or replace temp macro lower_all(x) as list_transform(x, lambda each_key: lower(each_key));
create or replace temp macro present_all(x) as list_transform(x, lambda each_value: present(each_value));
-- A JSON object given as text, its values as text; NULL for anything else. The two lists of it are
-- asked for side by side, so that the engine reads the text once for both.
-- A text that is no JSON fails: `try` costs a copy of every map.
create or replace temp macro sound_bag(t) as json_transform(nullif(t, ''), '"MAP(VARCHAR, VARCHAR)"');
create or replace temp macro bag(t) as try(sound_bag(t));
-- An object that cannot be read is counted, so that a batch without any costs nothing more. Python's dicts begin with {'.
create or replace temp sequence unreadable_bags_so_far;
create or replace temp macro is_meant_as_bag(t) as starts_with(ltrim(t), '{') and not starts_with(ltrim(t), '{''');
create or replace temp macro is_broken_bag(t) as is_meant_as_bag(t) and bag(t) is null;
create or replace temp macro no_bag_keys(t) as
    case when is_meant_as_bag(t) and nextval('unreadable_bags_so_far') < 0 then null else [] end;
create or replace temp macro bag_keys(t) as coalesce(lower_all(map_keys(bag(t))), no_bag_keys(t));
create or replace temp macro bag_values(t) as coalesce(present_all(map_values(bag(t))), []);
-- Headers are an object too; a list of them, as others write it, is counted as one that cannot be read.
create or replace temp macro is_header_list(t) as starts_with(ltrim(t), '[') and t <> '[]';
create or replace temp macro header_keys(t) as
    case when is_header_list(t) and nextval('unreadable_bags_so_far') < 0 then null else bag_keys(t) end;
create or replace temp macro header_values(t) as list_transform(bag_values(t), lambda each_value: header_text(each_value));
-- The engine may look at values that a `case` in front of a JSON function was to spare it: what the
-- function is given must be JSON always. These give an object, or a list, whatever comes.
create or replace temp macro bag_text(t) as case when substr(ltrim(t), 1, 1) = '{' and json_valid(t) then t else '{}' end;
create or replace temp macro list_text(t) as case when substr(ltrim(t), 1, 1) = '[' and json_valid(t) then t else '[]' end;
create or replace temp macro bag_value(t, path) as json_extract_string(bag_text(t), path);

-- Keys and values as the text of an object; what is null is left out.
create or replace temp macro object_text(k, v) as
    '{' || array_to_string(
        list_transform(
            list_filter(list_zip(k, v), lambda each_pair: each_pair[2] is not null),
            lambda each_pair: cast(to_json(each_pair[1]) as varchar) || ':' || cast(to_json(each_pair[2]) as varchar)
        ),
        ','
    ) || '}';

create or replace temp macro pick(k, v, name) as v[list_position(k, name)];

-- The first of several names that holds something; one form for each number of names.
create or replace temp macro pick_any
    (k, v, n1, n2) as coalesce(pick(k, v, n1), pick(k, v, n2)),
    (k, v, n1, n2, n3) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3)),
    (k, v, n1, n2, n3, n4) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4)),
    (k, v, n1, n2, n3, n4, n5) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5)),
    (k, v, n1, n2, n3, n4, n5, n6) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6)),
    (k, v, n1, n2, n3, n4, n5, n6, n7) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11), pick(k, v, n12)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11), pick(k, v, n12), pick(k, v, n13)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11), pick(k, v, n12), pick(k, v, n13), pick(k, v, n14)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11), pick(k, v, n12), pick(k, v, n13), pick(k, v, n14), pick(k, v, n15)),
    (k, v, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16) as coalesce(pick(k, v, n1), pick(k, v, n2), pick(k, v, n3), pick(k, v, n4), pick(k, v, n5), pick(k, v, n6), pick(k, v, n7), pick(k, v, n8), pick(k, v, n9), pick(k, v, n10), pick(k, v, n11), pick(k, v, n12), pick(k, v, n13), pick(k, v, n14), pick(k, v, n15), pick(k, v, n16));

-- Bytes of a content, as another system measured it or as it is; NULL where there is none. What no content
-- can be (below zero, 4 GB and more) is no measure.
create or replace temp macro content_bytes(measured, x) as
    cast(coalesce(nullif(try_cast(measured as uinteger), 0), strlen(nullif(nullif(x, '[]'), '{}'))) as bigint);

-- By what a record tells whose it is, of its keys as they came. A row of a table has a category too; only the stream's
-- record is told by it. ingest/steps/read.sql does the same with a text that may be anything.
create or replace temp macro type_name_in(names, x) as lower(coalesce(pick(names, x, 'Type'), pick(names, x, 'type')));
create or replace temp macro category_name_in(names, x) as case when pick(names, x, 'time') is not null then lower(pick(names, x, 'category')) end;
create or replace temp macro origin_text_in(names, x) as lower(concat_ws(' ', pick(names, x, 'operationName'), pick(names, x, 'resourceId')));

-- Inner object first, then the record itself: the Event Hubs shape keeps most fields in `properties`.
create or replace temp macro pick_either(ik, iv, k, v, name) as coalesce(pick(ik, iv, name), pick(k, v, name));

---------- numbers and booleans
-- What is there and none of its type is absent in what is stored, and never so silently: see unreadable.sql.
create or replace temp macro read_double(x) as
    case when isfinite(try_cast(x as double)) then try_cast(x as double) end;
create or replace temp macro as_double(x) as coalesce(read_double(x), case when x <> '' then unreadable(cast(1999999999 as double)) end);
create or replace temp macro as_bigint(x) as coalesce(try_cast(x as bigint), case when x <> '' then unreadable(cast(1999999999 as bigint)) end);
create or replace temp macro as_integer(x) as coalesce(try_cast(x as integer), case when x <> '' then unreadable(1999999999) end);
-- A time span below zero is a sender's mistake: unknown, not fast.
create or replace temp macro as_duration(x) as
    coalesce(case when read_double(x) >= 0 then read_double(x) end, case when x <> '' then unreadable(cast(1999999999 as double)) end);
-- What no record can mean is set aside: sums over such numbers are none. One request has no million million tokens, and
-- no sampling lets one record stand for a thousand million.
create or replace temp macro odd_tokens(input, cached, output) as
    case
        when least(input, cached, output) < 0 then 'a negative number of tokens'
        when greatest(input, cached, output) > 1000000000000 then 'more tokens than a request has'
    end;
create or replace temp macro odd_item_count(n) as
    case
        when n is null then 'an ItemCount that is no number'
        when n < 1 then 'an ItemCount below 1'
        when n > 1000000000 then 'an ItemCount that no sampling gives'
    end;
create or replace temp macro as_boolean(x) as
    case
        when lower(x) in ('true', '1', 'yes') then true
        when lower(x) in ('false', '0', 'no') then false
        when x <> '' then unreadable(cast(getvariable('stand_in') as boolean))
    end;
-- By how many bytes a record was cut, or that it was: what cannot be read may say so.
create or replace temp macro is_cut(x) as coalesce(try_cast(x as double) <> 0, lower(x) not in ('false', 'no'));
-- A status may come as '200', '200.0' or text with digits; 0 and codes outside HTTP's range are none.
create or replace temp macro in_http_range(x) as case when x between 100 and 599 then x end;
create or replace temp macro http_status_in(x) as
    in_http_range(coalesce(try_cast(x as integer), try_cast(regexp_extract(x, '(\d+)', 1) as integer)));
create or replace temp macro as_http_status(x) as
    coalesce(http_status_in(x), case when x <> '' and not regexp_matches(x, '\d') then unreadable(599) end);

-- 'POST /mcp' is what most servers call a request.
create or replace temp macro method_in_name(x) as
    case when regexp_matches(x, '^(?:GET|POST|DELETE|PUT|PATCH|HEAD|OPTIONS)(?:[^A-Za-z0-9_]|$)') then regexp_extract(x, '^[A-Z]+') end;

-- The value of a header, which may come as a list of one. Of several, none or an object nobody knows which it was; what
-- stands in for it is read as a trace too.
create or replace temp macro header_text(x) as
    case
        when x is null or substr(x, 1, 1) not in ('[', '{') or not json_valid(x) then x
        when json_array_length(list_text(x)) = 1 and json_type(list_text(x), '$[0]') = 'VARCHAR' then present(json_extract_string(list_text(x), '$[0]'))
        else unreadable('00-' || repeat('1', 32) || '-' || repeat('1', 16) || '-01')
    end;

---------- times
-- ISO-8601 (UTC unless it says otherwise), or US style with AM/PM as the portal exports it. Without
-- AM/PM the order of day and month is told only where one of them is above 12; otherwise the time
-- is unusable, not guessed.
create or replace temp macro us_time(x) as
    coalesce(
        try_strptime(x, '%m/%d/%Y, %I:%M:%S.%f %p'),
        try_strptime(x, '%m/%d/%Y, %I:%M:%S %p'),
        try_strptime(x, '%m/%d/%Y %I:%M:%S %p'),
        try_strptime(x, '%m/%d/%Y %I:%M:%S.%f %p'),
        case
            when try_cast(regexp_extract(x, '^\d+/(\d+)/', 1) as integer) > 12 then try_strptime(x, '%m/%d/%Y %H:%M:%S')
            when try_cast(regexp_extract(x, '^(\d+)/', 1) as integer) > 12 then try_strptime(x, '%d/%m/%Y %H:%M:%S')
        end
    );
create or replace temp macro parsed_time(x) as
    case
        when x is null then null
        when contains(x, '/') then cast(us_time(x) as timestamptz)
        when contains(x, ': ') then try_cast(replace(x, ': ', ':') as timestamptz)
        when regexp_matches(x, '^\d{4}-\d{2}-\d{2}[T ]\d') then try_cast(x as timestamptz)
    end;
create or replace temp macro in_our_times(x) as
    case when x between timestamptz '2000-01-01 00:00:00+00' and timestamptz '2200-01-01 00:00:00+00' then x end;
-- Nearly all times look alike and are plainly of our times; only the others are looked at closely.
-- The first moment of a calendar stands for no time.
create or replace temp macro as_time(x) as
    coalesce(
        case
            when regexp_matches(x, '^2(?:00[1-9]|0[1-9]\d|1[0-8]\d)-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$') then try_cast(x as timestamptz)
            when x is not null then in_our_times(parsed_time(x))
        end,
        case when x <> '' and not regexp_matches(x, '^(?:0001|1601|1970)-01-01T00:00:00') then unreadable(timestamptz '2000-01-01 00:00:00+00') end
    );
create or replace temp macro as_time_from_nanos(x) as
    coalesce(
        case when try_cast(x as bigint) > 0 then in_our_times(make_timestamptz(try_cast(x as bigint) // 1000)) end,
        case when x <> '' and x <> '0' then unreadable(timestamptz '2000-01-01 00:00:00+00') end
    );

---------- ids
-- A trace id in its one form: 32 lower-case hex. Legacy `|root.span.` gives its root, dashes go,
-- base64 (naive OTLP/JSON encoders) becomes hex, all zeroes is absent.
create or replace temp macro trace_root(x) as replace(lower(split_part(ltrim(x, '|'), '.', 1)), '-', '');
create or replace temp macro as_trace_id(x) as
    case
        when x is null or x = '' then null
        when regexp_matches(x, '^[0-9a-f]{32}$') then nullif(x, repeat('0', 32))
        when regexp_matches(x, '^[A-Za-z0-9+/]{22}==$') then nullif(lower(hex(from_base64(x))), repeat('0', 32))
        when regexp_matches(trace_root(x), '^[0-9a-f]{32}$') then nullif(trace_root(x), repeat('0', 32))
        else nullif(split_part(ltrim(x, '|'), '.', 1), '')
    end;
create or replace temp macro as_span_id(x) as
    case
        when x is null or x = '' then null
        when regexp_matches(x, '^[0-9a-f]{16}$') then nullif(x, repeat('0', 16))
        when regexp_matches(x, '^[A-Za-z0-9+/]{11}=$') then nullif(lower(hex(from_base64(x))), repeat('0', 16))
        else nullif(lower(x), repeat('0', 16))
    end;
create or replace temp macro is_traceparent(x) as regexp_matches(x, '^[0-9a-fA-F]{2}-[0-9a-fA-F]{32}-[0-9a-fA-F]{16}-');
create or replace temp macro traceparent_trace(x) as case when is_traceparent(x) then nullif(lower(substr(x, 4, 32)), repeat('0', 32)) end;
create or replace temp macro traceparent_span(x) as case when is_traceparent(x) then nullif(lower(substr(x, 37, 16)), repeat('0', 16)) end;

---------- addresses
-- Query strings and user information carry keys and signatures: only the path, or the host, is kept.
-- Each pattern has one way to match at most: a search for the best of several is ten times slower.
-- Inside a case the engine shares nothing, so each branch is one plain expression.
create or replace temp macro url_path_of(x) as
    nullif(
        case
            -- What most are, without a pattern.
            when starts_with(x, 'https://') and not contains(x, '?') and not contains(x, '#') then substr(x, 9 + length(split_part(x, '/', 3)))
            when regexp_matches(x, '^[^:/?#]*://') then regexp_extract(x, '^[^:/?#]*://[^/?#]*(/[^?#]*)?', 1)
            else regexp_extract(x, '^[^?#]*')
        end,
        ''
    );
create or replace temp macro without_user(x) as case when contains(x, '@') then split_part(x, '@', -1) else x end;
create or replace temp macro host_of(x) as
    lower(nullif(without_user(regexp_extract(x, '^(?:[A-Za-z][A-Za-z0-9+.-]*://)?([^/?#]+)', 1)), ''));
-- What has neither scheme nor host, such as an SQL statement, is no address: nothing is kept of it.
create or replace temp macro host_and_path(x) as
    case
        -- What most are: in small letters, with nothing to leave out.
        when regexp_matches(x, '^https?://[a-z0-9.:-]+(?:/[^?#]*)?$') then substr(x, 3 + strpos(x, '://'))
        when regexp_matches(x, '^[A-Za-z][A-Za-z0-9+.-]*://[^?#]')
            then concat(without_user(lower(regexp_extract(x, '^[^:]*://([^/?#]*)', 1))), regexp_extract(x, '^[^:]*://[^/?#]*(/[^?#]*)?', 1))
        when regexp_matches(x, '^/[^\s]*$') then url_path_of(x)
        when regexp_matches(x, '^[A-Za-z0-9.-]+\.[A-Za-z0-9-]+(:\d+)?([/?#]\S*)?$')
            then concat(lower(regexp_extract(x, '^[^/?#]*')), regexp_extract(x, '^[^/?#]*(/[^?#]*)?', 1))
    end;

-- What a sender calls a resource: its name, or the address without what may be secret in it.
create or replace temp macro resource_of(x) as case when contains(x, '://') then host_and_path(x) else x end;

---------- words
-- Lists, because the engine makes a join of a longer `in (…)`.
create or replace temp macro as_approval_result(x) as
    case
        when list_contains(['approved', 'granted', 'accept', 'accepted', 'allow', 'allowed'], lower(x)) then 'approved'
        when list_contains(['denied', 'rejected', 'declined', 'decline', 'deny', 'cancel', 'cancelled', 'canceled'], lower(x)) then 'denied'
        when list_contains(['expired', 'timed out', 'timed_out', 'timeout'], lower(x)) then 'expired'
        when lower(x) in ('not_required', 'not required', 'none_required') then 'not_required'
        -- Not decided yet is no result.
        when lower(x) in ('pending', 'requested', 'waiting') then null
        when x <> '' then unreadable('?')
    end;
create or replace temp macro as_authorization_mode(x) as
    case
        when list_contains(['obo', 'on_behalf_of', 'on-behalf-of', 'onbehalfof', 'delegated'], lower(x)) then 'obo'
        when list_contains(['managed_identity', 'managed identity', 'managedidentity', 'msi'], lower(x)) then 'managed_identity'
        when list_contains(['service_principal', 'service principal', 'client_credentials', 'app_only', 'app'], lower(x)) then 'service_principal'
        when list_contains(['api_key', 'api key', 'apikey', 'key', 'shared_key'], lower(x)) then 'api_key'
        when lower(x) in ('passthrough', 'pass_through', 'pass-through') then 'passthrough'
        when lower(x) in ('none', 'no_auth', 'anonymous') then 'none'
        when x <> '' then unreadable('?')
    end;
create or replace temp macro as_agent_id_source(x) as
    case
        when list_contains(['header', 'token', 'server', 'otel', 'subscription', 'client', 'none'], lower(x)) then lower(x)
        when x <> '' then unreadable('?')
    end;
-- What correlation, cost and the inventory look for; what is of the platform is kept as it is called.
create or replace temp macro is_kind_of(layer, kind) as
    list_contains(
        [
            'gateway request', 'gateway call', 'gateway dependency', 'gateway log', 'gateway exception',
            'server request', 'server call', 'server dependency', 'server log', 'server exception',
            'identity sign_in', 'model tokens', 'approval decision',
            'config server', 'config tool', 'config agent', 'config diagnostic'
        ],
        layer || ' ' || kind
    );
create or replace temp macro as_inbound_auth(x) as
    case lower(x) when 'oauth2' then 'oauth2' when 'api_key' then 'api_key' when 'cert' then 'cert' when 'none' then 'none' end;
create or replace temp macro as_agent_id_kind(x) as
    case
        when x is null then null
        when contains(x, ':') and regexp_matches(x, '^[^:/]+:[0-9]+$') then 'foundry_name_version'
        when length(x) = 36 and regexp_matches(x, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$') then 'guid'
        else 'text'
    end;

---------- what is told of a record that was set aside
-- A table's name in a reason: only what looks like one is repeated, because a value may be anything.
create or replace temp macro is_table_name(x) as regexp_matches(x, '^[A-Z][A-Za-z]{2,60}(V[0-9])?(_CL)?$');
create or replace temp macro quoted_name(x) as case when is_table_name(x) then '''' || x || '''' else 'that it names' end;
-- The shape of a record that was set aside: its keys, and nothing of its values. Every string literal
-- is consumed in one pass, so that an escaped quote cannot shift what counts as inside and outside.
create or replace temp macro marked_strings(x) as
    regexp_replace(regexp_replace(substr(x, 1, 4000), '[\x00-\x1f\x7f]', ' ', 'g'), '"((?:[^"\\]|\\.)*)(?:"(\s*:)?|$)', chr(1) || '\1' || chr(2) || '\2', 'g');
create or replace temp macro marked_keys(x) as
    regexp_replace(x, '\x01(@?[A-Za-z0-9_.$ \[\]-]{1,64}(?:@odata\.[A-Za-z]+)?)\x02(\s*:)', chr(3) || '\1' || chr(4) || '\2', 'g');
create or replace temp macro masked_rest(x) as
    -- strings that are not keys, then bare words and numbers outside of keys
    regexp_replace(regexp_replace(x, '\x01[^\x02]*(?:\x02|$)', chr(5), 'g'), '(\x03[^\x04]*\x04)|[\pL\pN]+', '\1', 'g');
create or replace temp macro excerpt_of(x) as
    case
        when x is null then null
        when substr(ltrim(x), 1, 1) in ('{', '[') then
            substr(scrub_keys(replace(regexp_replace(masked_rest(marked_keys(marked_strings(x))), '[\x03\x04]', '"', 'g'), chr(5), '"…"')), 1, 400)
        else regexp_replace(regexp_replace(substr(x, 1, 200), '\pL', 'a', 'g'), '\pN', '9', 'g')
    end;
