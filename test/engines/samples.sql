-- What the functions of the prelude are compared over: the values that telemetry has, and worse.

create table texts as
select unnest([
    null, '', ' ', 'a', 'A', 'weather-mcp', 'get_forecast', 'É', 'straße', '日本', 'İ', 'ΟΔΥΣΣΕΥΣ', '😀',
    'a,b', ',', 'a,,b', '*', 'a*', '?', 'a.b', 'axb', '[a]', '\', 'a\b', '%', '_', '$1', '(x', 'x)', '{', '|', '^', '+',
    'a' || chr(10) || 'b',
    'gpt-4.1', 'gpt-4.1-2025-04-14', 'gpt-4.1@2', 'gpt-4.1:', 'gpt-4.1-mini',
    '5', '-5', '+5', '05', '5.5', '1e3', '9223372036854775807', '9223372036854775808', '0x10', '1_000', ' 5', '5 ',
    '.5', '5.', '-0.25', 'nan', 'inf', 'true',
    '2026-11-21T10:00:00Z', '2026-11-21T10:00:00.1234567Z', '2026-11-21 10:00:00.123456+00', '2026-11-21T10:00:00+02:00',
    '2026-11-21T10:00:00-05:30', '2026-11-21', '2026-02-30T00:00:00Z', '2026-11-21T25:00:00Z', '1700000000', '1969-12-31T23:59:59.5Z',
    '2026-11-21T10:00:00', '2027-01-31T00:00:00Z', '11/21/2026', 'tomorrow', 'infinity', 'epoch', '2026-11-21 10:00', '2026-11-21T10:00:00.5',
    '2026-11-21T10:00:00 UTC', '2026-13-01', '2026-11-21T', '2026-11-21T10:00:00+0200', '2026-11-21T10:00:60Z',
    '7f1d0c52-0000-4000-8000-00000000abcd', '7F1D0C52-0000-4000-8000-00000000ABCD', '7f1d0c52000040008000000000abcd00', '7f1d0c52',
    '{7f1d0c52-0000-4000-8000-00000000abcd}', 'zf1d0c52-0000-4000-8000-00000000abcd'
]) as text;

create table patterns as
select unnest(['*', '', 'a*', '*b', 'get_*', '?', 'a?b', 'a.b', '[a]', '(x', '{', '|', '+', '^', '$1', '日*', 'É', '%', '_', '[!a]', '[^a]', '[a-c]*', '[', ']', '[]', '[a', 'a\*', '\', '\*', '[*]', '[?]', '[\]', '[!a', '-']) as pattern;

create table documents as
select unnest([
    null, '{}', '{"a": "x"}', '{"a": ""}', '{"a": null}', '{"a": 5}', '{"a": 1.50}', '{"a": true}', '{"a": "é\u00e9\n"}', '{"b.c": "d"}',
    '{"names": ["x", "y"]}', '{"names": []}', '{"names": null}', '{"names": "x"}', '{"names": ["É", ""]}'
]) as text;

create table times as
select cast(begun_at as timestamptz) as begun_at, cast(ended_at as timestamptz) as ended_at
from (values
    ('2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000001Z'),
    ('2026-11-21T23:59:59.999999Z', '2026-11-22T00:00:00Z'),
    ('2024-01-31T12:00:00Z', '2024-02-29T12:00:00Z'),
    ('2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z'),
    ('1970-01-01T00:00:00Z', '2100-01-01T00:00:00Z'),
    ('2026-11-21T10:00:00Z', null)
) as t (begun_at, ended_at);

create table numbers_of as
select cast(a as bigint) as a, cast(b as bigint) as b
from (values (7, 2), (-7, 2), (7, -2), (0, 3), (9223372036854775807, 1), (5, 0), (null, 2), (3, null)) as t (a, b);

create table floats as
select cast(median_of as varchar) as median_of, cast(x as double) as x
from (values
    ('odd', 3.5), ('odd', 1.25), ('odd', 100.0), ('even', 1.1), ('even', 2.2), ('even', null), ('none', null),
    ('negative', -0.0004), ('negative', -1500.5), ('small', 0.0009)
) as t (median_of, x);

create table entries as
select cast(name as varchar) as name, cast(position as bigint) as position
from (values ('b', 2), ('a', 2), ('c', 1), ('É', 3)) as t (name, position);

create table amounts as
select
    cast(amount as decimal(38, 12)) as amount,
    cast(part as bigint) as part,
    cast(whole as bigint) as whole
from (values
    ('700', 1, 3), ('0.000000000001', 1, 2), ('0.01', 2592000000000, 2678400000000), ('99999999.999999999999', 7, 9), ('5', 0, 3),
    ('5', 1, null), (null, 1, 2), ('5', 1, 0)
) as t (amount, part, whole);
