-- name:    correlate/match/clocked_servers
-- purpose: The open server calls with their times on the gateway's clock, and how wrong those may still
--          be: little in an hour whose offset is known, as much as clocks may differ in any other.
-- readers: later steps
-- grain:   one row per open server call
-- param:   skew_ms     bigint  ms  how far apart clocks may be
-- param:   settled_ms  bigint  ms  how far apart they may still be once the offset of the hour is known

select
    server.*,
    cast(server.at_us as double) - coalesce(hourly.offset_us, usual.offset_us, 0.0) as gateway_us,
    1000.0 * case
        when hourly.offset_us is null or {settled_ms:Bigint} > {skew_ms:Bigint} then {skew_ms:Bigint}
        else {settled_ms:Bigint}
    end as slack_us,
    usual.offset_us is not null as is_clocked
from open_server as server
left join server_offsets as hourly
    on coalesce(server.known_server_id, server.server_id, '') = hourly.offset_server_id
    and x_div(server.at_us, 3600000000) = hourly.hour_no
left join server_offsets as usual
    on coalesce(server.known_server_id, server.server_id, '') = usual.offset_server_id
    and usual.hour_no = -1
