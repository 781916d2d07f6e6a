-- What was taken out of the evidence before it was stored, and which columns hold pseudonyms.

-- Of the rows that a batch stored: how many values of which kind, and in which column they would have been.
create table redactions (
    batch_id bigint not null,
    source varchar not null,
    source_table varchar not null,
    column_name varchar not null,
    kind varchar not null, -- bearer_token | api_key | sas_signature | account_key | password | url_password | client_secret | private_key | cookie | email | ip_address | tool_arguments | identity | address
    redacted bigint not null
);

-- Columns whose values are made with the key: pseudonyms, from which there is no way back, and hashes of tool arguments.
create table pseudonymised_columns (
    column_name varchar not null, -- arguments_hash | caller_identity | caller_ip
    key_check varchar not null -- tells whether a key is the one that they were made with
);
