-- One row an item that was ever current: which row says the same at a moment, itself or one that was sent again without a change,
-- so that an item of an earlier shortlist can still be decided. Key: item_id. stands_as: NULL where it was corrected or withdrawn.
CREATE OR REPLACE MACRO core.standing_at(notice, t) AS TABLE
WITH told AS (
    SELECT *
    FROM core.told_items(notice)
    WHERE current_from <= t
)

SELECT
    told.item_id,
    coalesce(
        max(now_counting.item_id) FILTER (now_counting.item_id = told.item_id),
        min(now_counting.item_id)
    ) AS stands_as
FROM told
LEFT JOIN told AS now_counting
    ON
        told.recipient_code = now_counting.recipient_code
        AND told.deliverable = now_counting.deliverable
        AND told.named = now_counting.named
        AND told.said = now_counting.said
        AND told.place = now_counting.place
        AND now_counting.current_until > t
GROUP BY ALL;
COMMENT ON MACRO TABLE core.standing_at IS '曾经有效的每一行此刻由哪一行代表：原样再报过的认得出，更正或撤回了的为空';
