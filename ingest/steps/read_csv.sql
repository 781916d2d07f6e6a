-- name:    ingest/read_csv
-- purpose: The rows of a CSV file as JSON text. The portal writes 'TimeGenerated [UTC]'; the column is
--          TimeGenerated, and UTC is what is assumed. Lines that do not fit are set aside in csv_errors.
-- grain:   one row per row

select replace(cast(to_json(csv_row) as varchar), ' [UTC]":', '":') as body

from read_csv(
    $path,
    compression = $compression,
    all_varchar = true,
    header = true,
    delim = ',',
    quote = '"',
    escape = '"',
    strict_mode = false,
    max_line_size = 16777216,
    parallel = false,
    store_rejects = true,
    rejects_table = 'csv_errors',
    rejects_scan = 'csv_scans'
) as csv_row
