-- What grows with the calls takes half the room with zstd; without it a server of one's own takes LZ4.
-- New parts and merges have it, older ones stay as they are until they are merged.

alter table events_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table correlated_calls_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table call_aliases_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table approvals_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table auth_attempts_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table model_calls_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table sessions_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table session_aliases_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table kept_groups_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table kept_differences_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table kept_clock_users_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table kept_lines_stored modify setting default_compression_codec = 'ZSTD(1)';
alter table kept_session_ties_stored modify setting default_compression_codec = 'ZSTD(1)';
