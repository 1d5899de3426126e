-- One row a pair of materials as of a moment that may be one activity, reported by two units of a city, as by a bureau and a college.
-- Key: item_id, like_item_id. Found in core.near_duplicates_at. Nothing is merged by itself.
-- 指标 likeness：标题相邻两字相同的比例，1 为一样，0.6 以下不列 | 分母：不适用 | 空值：不会为空
-- 示例 最像的，两边各是谁报的
--   SELECT city, activity_date, likeness, recipient, title, participants, like_recipient, like_title, like_participants
--   FROM marts.near_duplicates_as_of($notice, $t) ORDER BY likeness DESC LIMIT 20
CREATE OR REPLACE MACRO marts.near_duplicates_as_of(notice, t) AS TABLE
SELECT
    later.city_code,
    cities.city,
    later.activity_date,
    alike.likeness,
    later.material_type = earlier.material_type AS is_same_type,
    later.item_id,
    later.recipient_code,
    recipients.recipient,
    recipients.line,
    later.material_type,
    later.title,
    later.participants,
    later.received_at,
    earlier.item_id AS like_item_id,
    earlier.recipient_code AS like_recipient_code,
    others.recipient AS like_recipient,
    others.line AS like_line,
    earlier.material_type AS like_material_type,
    earlier.title AS like_title,
    earlier.participants AS like_participants,
    earlier.received_at AS like_received_at
FROM core.near_duplicates_at(notice, t) AS alike
INNER JOIN core.materials_at(notice, t) AS later ON alike.item_id = later.item_id
INNER JOIN core.materials_at(notice, t) AS earlier ON alike.like_item_id = earlier.item_id
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON later.notice_id = recipients.notice_id AND later.recipient_code = recipients.recipient_code
INNER JOIN core.recipients_at(notice, t) AS others
    ON earlier.notice_id = others.notice_id AND earlier.recipient_code = others.recipient_code
LEFT JOIN core.cities ON later.notice_id = cities.notice_id AND later.city_code = cities.city_code
ORDER BY cities.position, later.activity_date, later.item_id, earlier.item_id;
COMMENT ON MACRO TABLE marts.near_duplicates_as_of IS '疑似重复：某一时刻同市两个单位可能各报一次的同一项活动，只提示，不合并';
