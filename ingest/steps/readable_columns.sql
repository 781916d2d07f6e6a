-- name:    ingest/readable_columns
-- purpose: The columns of other tables than events that hold people and addresses.
-- grain:   one row per table and column

select
    columns.table_name,
    columns.column_name

from information_schema.columns as columns
inner join information_schema.tables as tables
    on columns.table_name = tables.table_name
    and columns.table_schema = tables.table_schema
    and columns.table_catalog = tables.table_catalog

where
    tables.table_type = 'BASE TABLE'
    and tables.table_schema = 'main'
    and tables.table_catalog = current_database()
    and tables.table_name <> 'events'
    and columns.column_name in ('caller_identity', 'approver', 'caller_ip')

order by columns.table_name, columns.column_name
