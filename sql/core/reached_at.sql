-- One row a material that is current at a moment, beside what is usual for its unit. Key: item_id.
-- reach: who took part and watched; reach_times: by what is usual for the unit (the median of its own materials; of its kind's
-- where it has fewer than three). first_known_at: since when a row that says the same counts, so that a row sent again is not new.
CREATE OR REPLACE MACRO core.reached_at(notice, t) AS TABLE
WITH
told AS (
    SELECT
        again.*,
        min(again.current_from) OVER (
            PARTITION BY again.recipient_code, again.deliverable, again.named, again.said, again.place
        ) AS first_known_at
    FROM core.told_items(notice) AS again
    WHERE again.current_from <= t AND again.kind = 'materials'
),

reached AS (
    SELECT
        told.*,
        recipients.kind AS unit_kind,
        recipients.recipient,
        recipients.kind_name,
        recipients.line,
        recipients.position,
        nullif(coalesce(told.participants, 0) + coalesce(told.online_views, 0), 0) AS reach
    FROM told
    INNER JOIN core.recipients
        ON told.notice_id = recipients.notice_id AND told.recipient_code = recipients.recipient_code
    WHERE told.current_until > t
),

compared AS (
    SELECT
        reached.*,
        CASE
            WHEN count(reached.reach) OVER own_rows >= 3 THEN median(reached.reach) OVER own_rows
            ELSE median(reached.reach) OVER of_its_kind
        END AS usual_reach,
        row_number() OVER (
            PARTITION BY reached.recipient_code, reached.category
            ORDER BY reached.first_known_at, reached.activity_date, reached.table_number, reached.row_number, reached.item_id
        ) = 1 AS is_new_category,
        row_number() OVER (
            PARTITION BY reached.recipient_code, reached.county
            ORDER BY reached.first_known_at, reached.activity_date, reached.table_number, reached.row_number, reached.item_id
        ) = 1 AS is_new_county
    FROM reached
    WINDOW
        own_rows AS (PARTITION BY reached.recipient_code),
        of_its_kind AS (PARTITION BY reached.unit_kind)
)

SELECT
    compared.*, -- noqa: AM04
    compared.reach / compared.usual_reach AS reach_times
FROM compared;
COMMENT ON MACRO TABLE core.reached_at IS '某一时刻有效的每条材料，连同人气是本单位平常的几倍';
