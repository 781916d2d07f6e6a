-- name:    slo/settings_read
-- purpose: How many settings of gateways were read, whenever that was.
-- readers: SRE
-- grain:   one row
-- column:  settings  bigint  settings  read

select count(*) as settings
from gateway_settings
