-- What correlate/ and queries/ are written over. store/prelude/clickhouse.sql has the same names
-- for the other engine; a test keeps the two lists equal.
create or replace temp macro x_us(ts) as epoch_us(ts);
create or replace temp macro x_ts(s) as case when regexp_matches(s, '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]|[^0-9:]|$)|$)') then try_cast(s as timestamptz) end;
create or replace temp macro x_ms_between(a, b) as cast(epoch_us(b) - epoch_us(a) as double) / 1000.0;
create or replace temp macro x_bin(ts, sec) as make_timestamptz(epoch_us(ts) // (cast(sec as bigint) * 1000000) * (cast(sec as bigint) * 1000000));
create or replace temp macro x_div(a, b) as cast(a as bigint) // cast(b as bigint);
create or replace temp macro x_int(s) as case when regexp_full_match(s, '[+-]?[0-9]+') then try_cast(s as bigint) end;
create or replace temp macro x_float(s) as case when regexp_full_match(s, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') then try_cast(s as double) end;
create or replace temp macro x_json1(j, a) as json_extract_string(j, '$."' || a || '"');
create or replace temp macro x_texts(x) as list_sort(list_transform(list(x), lambda e: cast(e as varchar)));
create or replace temp macro x_median(x) as median(x);
create or replace temp macro x_join(x, sep) as array_to_string(x, sep);
create or replace temp macro x_null(x) as x;
create or replace temp macro x_glob(s, pattern) as s glob pattern;
create or replace temp macro x_uuid(s) as cast(md5(s) as uuid);
create or replace temp macro x_text(x) as cast(x as varchar);
create or replace temp macro x_contains(s, part) as contains(s, part);
create or replace temp macro x_lower(s) as lower(s);
create or replace temp macro x_split(s, sep) as string_split(s, sep);
create or replace temp macro x_each(items) as unnest(items);
create or replace temp macro x_month(ts) as date_trunc('month', ts);
create or replace temp macro x_add_months(ts, n) as ts + to_months(cast(n as integer));
create or replace temp macro x_share(amount, part, whole) as cast(cast(amount * cast(1000000000000 as decimal(13, 0)) as hugeint) * cast(part as hugeint) // cast(whole as hugeint) as decimal(26, 0)) * cast('0.000000000001' as decimal(13, 12));
create or replace temp macro x_is_version_of(name, base) as starts_with(name, base) and regexp_full_match(substr(name, length(base) + 1), '[-@:][0-9][0-9.-]*');
create or replace temp macro x_to_uuid(s) as try_cast(s as uuid);
create or replace temp macro x_json_list(j, a) as from_json(json_extract(j, '$."' || a || '"'), '["VARCHAR"]');
create or replace temp macro x_add_ms(ts, ms) as make_timestamptz(epoch_us(ts) + cast(floor(ms * 1000.0) as bigint));
create or replace temp macro x_bytes(s) as strlen(s);
