-- name:    ingest/own_given
-- purpose: What a source file of a user's own gave, held to the words that are published: what is none of a column's is
--          counted as unreadable, and a row that is evidence of nothing we know, or has no time, is set aside.
-- grain:   one row per evidence item

select
    * replace (
        coalesce(
            reject_reason,
            case
                when occurred_at is null then 'no usable time'
                when layer is null or kind is null then 'its source file gives no layer or no kind'
                when layer <> 'platform' and not is_kind_of(layer, kind)
                    then 'its source file gives a layer and a kind that do not belong together'
                else coalesce(
                    odd_tokens(
                        try_cast(input_tokens as bigint), try_cast(cached_input_tokens as bigint), try_cast(output_tokens as bigint)
                    ),
                    odd_item_count(coalesce(try_cast(weight as bigint), 1))
                )
            end
        ) as reject_reason,
        as_authorization_mode(authorization_mode) as authorization_mode,
        as_approval_result(approval_result) as approval_result,
        as_agent_id_source(agent_id_source) as agent_id_source
    )

from (select * from empty_evidence union all by name from own)
