-- One row a pair of materials at a moment that may be the same activity: reported by two units of one city (core.near_duplicates_at),
-- or twice by one unit under another title, numbers apart (parts of a series are none). Key: item_id, like_item_id.
-- item_id is the later one.
CREATE OR REPLACE MACRO core.alike_at(notice, t) AS TABLE
WITH materials AS (
    SELECT
        items.item_id,
        items.submission_id,
        items.table_number,
        items.row_number,
        items.recipient_code,
        items.activity_date,
        items.county,
        items.category,
        items.title,
        items.received_at,
        regexp_replace(items.title, '[0-9０-９一二三四五六七八九十]+', '', 'g') AS bare_title,
        core.title_pairs(items.title) AS pairs
    FROM core.materials_at(notice, t) AS items
    WHERE items.activity_date IS NOT NULL AND core.title_pairs(items.title) <> ['']
)

SELECT
    near.item_id,
    near.like_item_id,
    near.likeness
FROM core.near_duplicates_at(notice, t) AS near
UNION ALL
SELECT
    later.item_id,
    earlier.item_id AS like_item_id,
    core.likeness(later.pairs, earlier.pairs) AS likeness
FROM materials AS later
INNER JOIN materials AS earlier
    ON
        later.recipient_code = earlier.recipient_code
        AND later.activity_date = earlier.activity_date
        AND later.bare_title <> earlier.bare_title
        AND (later.received_at, later.submission_id, later.table_number, later.row_number)
        > (earlier.received_at, earlier.submission_id, earlier.table_number, earlier.row_number)
        AND coalesce(later.county = earlier.county, TRUE)
        AND coalesce(later.category = earlier.category, TRUE)
WHERE core.likeness(later.pairs, earlier.pairs) >= 0.6;
COMMENT ON MACRO TABLE core.alike_at IS '某一时刻可能是同一项活动的两条材料：两个单位各报一次，或同一单位换个标题再报';
