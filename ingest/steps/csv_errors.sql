-- name:    ingest/csv_errors
-- purpose: The lines of a CSV file that could not be read as rows of its table.
-- grain:   one row per line

select
    line,
    any_value(error_type) as error_type

from csv_errors

group by line

order by line
