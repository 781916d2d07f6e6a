-- The names of store/prelude/duckdb.sql as ClickHouse SQL functions (server-global). Each answers as its
-- namesake does, for every value of test/engines/samples.sql: a glob's ? is one byte, [!a] an ASCII character.
create or replace function x_us as (ts) -> toUnixTimestamp64Micro(ts);
create or replace function x_ts as (s) -> if(match(s, '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]|[^0-9:]|$)|$)'), parseDateTime64BestEffortOrNull(s, 6, 'UTC'), null);
create or replace function x_ms_between as (a, b) -> cast(toUnixTimestamp64Micro(b) - toUnixTimestamp64Micro(a) as Nullable(Float64)) / 1000.0;
create or replace function x_bin as (ts, sec) -> fromUnixTimestamp64Micro(intDiv(toUnixTimestamp64Micro(ts), sec * 1000000) * (sec * 1000000), 'UTC');
create or replace function x_div as (a, b) -> intDiv(a, nullIf(b, 0));
create or replace function x_int as (s) -> if(match(s, '^[+-]?[0-9]+$'), toInt64OrNull(s), null);
create or replace function x_float as (s) -> if(match(s, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$'), toFloat64OrNull(s), null);
create or replace function x_json1 as (j, a) -> JSONExtract(j, a, 'Nullable(String)');
create or replace function x_texts as (x) -> arraySort(arrayMap(e -> toString(e), groupArray(x)));
create or replace function x_median as (x) -> quantileExactInclusive(0.5)(x);
create or replace function x_join as (x, sep) -> arrayStringConcat(x, sep);
create or replace function x_null as (x) -> toNullable(x);
create or replace function x_glob as (s, pattern) -> match(s, concat('(?s)^', arrayStringConcat(arrayMap(part -> multiIf(part = '*', '.*', part = '?', '\\C', part in ('[', '\\'), '[^\\x00-\\x{10FFFF}]', startsWith(part, '[!'), concat('[^', replaceRegexpAll(substring(part, 3, length(part) - 3), '([\\\\^\\[\\]])', '\\\\\\1'), '\\x{80}-\\x{10FFFF}]'), startsWith(part, '['), concat('[', replaceRegexpAll(substring(part, 2, length(part) - 2), '([\\\\^\\[\\]])', '\\\\\\1'), ']'), startsWith(part, '\\'), replaceRegexpAll(substring(part, 2), '([\\\\.+^$(){}|\\[\\]*?])', '\\\\\\1'), replaceRegexpAll(part, '([\\\\.+^$(){}|\\[\\]*?])', '\\\\\\1')), extractAll(pattern, '(?s)\\[!?.[^\\]]*\\]|\\\\.?|.')), ''), '$'));
create or replace function x_uuid as (s) -> lower(concat(substring(hex(MD5(s)), 1, 8), '-', substring(hex(MD5(s)), 9, 4), '-', substring(hex(MD5(s)), 13, 4), '-', substring(hex(MD5(s)), 17, 4), '-', substring(hex(MD5(s)), 21, 12)));
create or replace function x_text as (x) -> toString(x);
create or replace function x_contains as (s, part) -> position(s, part) > 0;
create or replace function x_lower as (s) -> lowerUTF8(replaceAll(replaceAll(s, 'İ', 'i'), 'Σ', 'σ'));
create or replace function x_split as (s, sep) -> if(s is null, [], splitByString(sep, ifNull(s, '')));
create or replace function x_each as (items) -> arrayJoin(items);
create or replace function x_month as (ts) -> toDateTime64(toStartOfMonth(ts), 6, 'UTC');
create or replace function x_add_months as (ts, n) -> addMonths(ts, n);
create or replace function x_share as (amount, part, whole) -> toDecimal128(toInt128(intDiv(toInt256(amount * toDecimal128('1000000000000', 0)) * toInt256(part), toInt256(nullIf(whole, 0)))), 0) * toDecimal128('0.000000000001', 12);
create or replace function x_is_version_of as (name, base) -> startsWith(name, base) and match(substringUTF8(name, lengthUTF8(base) + 1), '^[-@:][0-9][0-9.-]*$');
create or replace function x_to_uuid as (s) -> toString(toUUIDOrNull(trim(both '{}' from s)));
create or replace function x_json_list as (j, a) -> JSONExtract(ifNull(j, ''), a, 'Array(String)');
create or replace function x_add_ms as (ts, ms) -> fromUnixTimestamp64Micro(toUnixTimestamp64Micro(ts) + toInt64(floor(ms * 1000.0)), 'UTC');
create or replace function x_bytes as (s) -> toInt64(length(s));
