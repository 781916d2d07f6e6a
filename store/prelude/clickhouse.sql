-- The names of store/prelude/duckdb.sql as ClickHouse SQL functions (server-global).
create or replace function x_us as (ts) -> toUnixTimestamp64Micro(ts);
create or replace function x_ts_us as (us) -> fromUnixTimestamp64Micro(cast(us as Int64), 'UTC');
create or replace function x_ts as (s) -> parseDateTime64BestEffortOrNull(s, 6, 'UTC');
create or replace function x_ms_between as (a, b) -> cast(toUnixTimestamp64Micro(b) - toUnixTimestamp64Micro(a) as Nullable(Float64)) / 1000.0;
create or replace function x_bin as (ts, sec) -> fromUnixTimestamp64Micro(intDiv(toUnixTimestamp64Micro(ts), sec * 1000000) * (sec * 1000000), 'UTC');
create or replace function x_div as (a, b) -> intDiv(a, b);
create or replace function x_int as (s) -> toInt64OrNull(s);
create or replace function x_float as (s) -> toFloat64OrNull(s);
create or replace function x_json1 as (j, a) -> JSONExtract(j, a, 'Nullable(String)');
create or replace function x_json2 as (j, a, b) -> JSONExtract(j, a, b, 'Nullable(String)');
create or replace function x_list as (x, k) -> arrayMap(t -> t.2, arraySort(groupArray((k, x))));
create or replace function x_join as (x, sep) -> arrayStringConcat(x, sep);
create or replace function x_null as (x) -> toNullable(x);
create or replace function x_glob as (s, pattern) -> match(s, concat('^', replaceAll(replaceAll(replaceRegexpAll(pattern, '([.+^$(){}|\\\\])', '\\\\\\1'), '*', '.*'), '?', '.'), '$'));
create or replace function x_uuid as (s) -> toUUID(concat(substring(lower(hex(MD5(s))), 1, 8), '-', substring(lower(hex(MD5(s))), 9, 4), '-', substring(lower(hex(MD5(s))), 13, 4), '-', substring(lower(hex(MD5(s))), 17, 4), '-', substring(lower(hex(MD5(s))), 21, 12)));
create or replace function x_text as (x) -> toString(x);
create or replace function x_contains as (s, part) -> position(s, part) > 0;
create or replace function x_lower as (s) -> lowerUTF8(s);
