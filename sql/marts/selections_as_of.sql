-- One row an item about which a decision to select or to decline it was in force at a moment, in the order in which they were chosen.
-- Key: item_id. Defined in core.selections_at. What is chosen moves no figure of participation or coverage.
-- 指标 is_selected：此刻是否入选，计数即入选几条 | 分母：不适用 | 空值：不会为空
-- 指标 opinions：遴选的条线有几个人选了它，最近一次“不选”以后的才算 | 分母：不适用 | 空值：不会为空，没有人选的为 0
-- 取值 state：proposed、recommended、selected、declined、corrected、withdrawn
-- 示例 各市入选多少条，其中可公开多少条
--   SELECT city, count(*) FILTER (is_selected) AS selected, count(*) FILTER (is_publishable) AS publishable
--   FROM marts.selections_as_of($notice, $t) GROUP BY ALL ORDER BY city
-- 示例 入选后单位又更正或撤回了的，是谁选的
--   SELECT recipient, title, state_name, path, row_number, decided_by, decided_at, opinions
--   FROM marts.selections_as_of($notice, $t) WHERE state IN ('corrected', 'withdrawn')
CREATE OR REPLACE MACRO marts.selections_as_of(notice, t) AS TABLE
SELECT
    found.item_id,
    found.state,
    found.state_name,
    found.is_selected,
    found.is_publishable,
    found.recipient_code,
    found.recipient,
    found.kind_name,
    found.city_code,
    found.city,
    found.line,
    found.deliverable,
    found.period,
    found.day,
    found.title,
    found.material_type_code,
    found.material_type,
    found.category_code,
    found.category,
    found.theme_code,
    found.theme,
    found.county,
    found.link,
    found.submission_id,
    found.path,
    found.sheet,
    found.row_number,
    found.received_at,
    found.decision_id,
    found.decided_by,
    found.decided_at,
    found.reason,
    found.first_selected_at,
    found.opinions,
    found.recommended_by,
    found.current_item_id
FROM core.selections_at(notice, t) AS found
ORDER BY found.first_selected_at NULLS LAST, found.item_id;
COMMENT ON MACRO TABLE marts.selections_as_of IS '遴选：某一时刻入选、推荐、待复核、不选和入选后更正、撤回的每一条';
