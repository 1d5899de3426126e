-- One row a pair of materials at a moment that may be the same activity, reported by two units of one city: the same day, no other
-- county and category, and titles that are alike by 0.6 or more. Key: item_id, like_item_id.
-- item_id is the one that came later, or stands lower in the roster. Nothing is merged by itself: likeness is for people to judge.
CREATE OR REPLACE MACRO core.near_duplicates_at(notice, t) AS TABLE
WITH
materials AS (
    SELECT
        items.item_id,
        items.recipient_code,
        items.city_code,
        items.activity_date,
        items.county,
        items.category,
        items.received_at,
        recipients.position,
        core.title_pairs(items.title) AS pairs
    FROM core.materials_at(notice, t) AS items
    INNER JOIN core.recipients_at(notice, t) AS recipients
        ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
    WHERE items.activity_date IS NOT NULL AND core.title_pairs(items.title) <> ['']
)

SELECT
    later.item_id,
    earlier.item_id AS like_item_id,
    core.likeness(later.pairs, earlier.pairs) AS likeness
FROM materials AS later
INNER JOIN materials AS earlier
    ON
        later.city_code = earlier.city_code
        AND later.activity_date = earlier.activity_date
        AND later.recipient_code <> earlier.recipient_code
        AND (later.received_at, later.position) > (earlier.received_at, earlier.position)
        AND coalesce(later.county = earlier.county, TRUE)
        AND coalesce(later.category = earlier.category, TRUE)
WHERE core.likeness(later.pairs, earlier.pairs) >= 0.6;
COMMENT ON MACRO TABLE core.near_duplicates_at IS '某一时刻可能是同一项活动由两个单位各报一次的材料';
