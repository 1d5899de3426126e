-- One row a material that was current at a moment, with what belongs to it and its scores, the highest first. Key: item_id.
-- None where the notice does not select (`selection:` in notice.yaml). Defined in core.candidates_at.
-- 指标 score：各项得分之和；人气一项不到 1 分 | 分母：不适用 | 空值：不会为空
-- 指标 reach_times：人数加人次除以本单位各条的中位数；不足三条的除以同类单位的 | 分母：不适用 | 空值：没有填人数和人次的为空
-- 示例 还没有人决定的，得分最高的二十条
--   SELECT recipient, title, score, score_complete, score_media, score_link, score_new_category, score_new_county, score_reach, reach_times
--   FROM marts.candidates_as_of($notice, $t) WHERE state IS NULL LIMIT 20
CREATE OR REPLACE MACRO marts.candidates_as_of(notice, t) AS TABLE
SELECT
    found.item_id,
    found.recipient_code,
    found.recipient,
    found.kind,
    found.kind_name,
    found.line,
    found.city_code,
    found.city,
    found.deliverable,
    found.period,
    found.activity_date,
    found.title,
    found.material_type_code,
    found.material_type,
    found.category,
    found.theme,
    found.county,
    found.participants,
    found.online_views,
    found.link,
    found.pictures,
    found.videos,
    found.documents,
    found.score_complete,
    found.score_media,
    found.score_link,
    found.score_new_category,
    found.score_new_county,
    found.score_reach,
    found.score,
    found.reach_times,
    found.like_item_id,
    found.like_title,
    found.like_recipient,
    found.likeness,
    found.state,
    found.recommended_by,
    found.was_selected,
    found.first_known_at,
    found.submission_id,
    found.path,
    found.sheet,
    found.row_number,
    found.received_at
FROM core.candidates_at(notice, t) AS found
ORDER BY found.score DESC, found.first_known_at ASC, found.position ASC, found.item_id ASC;
COMMENT ON MACRO TABLE marts.candidates_as_of IS '遴选的候选：某一时刻有效的每条材料，连同附件、各项得分和疑似重复';
