-- One row an item about which a decision to select or to decline it is in force now: at the notice's last scan, or at the last
-- decision about any item where that came later. Key: notice_id, item_id. Defined in selections_as_of.
CREATE OR REPLACE VIEW marts.selections AS
WITH
moments AS (
    SELECT
        last_scans.notice_id,
        greatest(last_scans.as_of, max(decided.decided_at)) AS as_of
    FROM core.last_scans
    LEFT JOIN core.decisions AS decided ON last_scans.notice_id = decided.notice_id
    GROUP BY last_scans.notice_id, last_scans.as_of
)

SELECT
    moments.notice_id,
    moments.as_of,
    latest.item_id,
    latest.state,
    latest.state_name,
    latest.is_selected,
    latest.is_publishable,
    latest.recipient_code,
    latest.recipient,
    latest.kind_name,
    latest.city_code,
    latest.city,
    latest.line,
    latest.deliverable,
    latest.period,
    latest.day,
    latest.title,
    latest.material_type_code,
    latest.material_type,
    latest.category_code,
    latest.category,
    latest.theme_code,
    latest.theme,
    latest.county,
    latest.link,
    latest.submission_id,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at,
    latest.decision_id,
    latest.decided_by,
    latest.decided_at,
    latest.reason,
    latest.first_selected_at,
    latest.opinions,
    latest.recommended_by,
    latest.current_item_id
FROM moments
CROSS JOIN LATERAL marts.selections_as_of(moments.notice_id, moments.as_of) AS latest;
COMMENT ON VIEW marts.selections IS '遴选：入选、推荐、待复核、不选和入选后更正、撤回的每一条';
COMMENT ON COLUMN marts.selections.notice_id IS '通知代号';
COMMENT ON COLUMN marts.selections.as_of IS '截至时间：最近一次完整扫描，或其后最近一个决定';
COMMENT ON COLUMN marts.selections.item_id IS '有效行编号：第一次就它作决定的那一行；原样再报不变';
COMMENT ON COLUMN marts.selections.state IS '状态（代码）';
COMMENT ON COLUMN marts.selections.state_name IS '状态';
COMMENT ON COLUMN marts.selections.is_selected IS '此刻是否入选';
COMMENT ON COLUMN marts.selections.is_publishable IS '入选并且有人核对过可公开';
COMMENT ON COLUMN marts.selections.recipient_code IS '单位代码；已不在名册里的为空';
COMMENT ON COLUMN marts.selections.recipient IS '单位名称；已不在名册里的为空';
COMMENT ON COLUMN marts.selections.kind_name IS '单位类别；已不在名册里的为空';
COMMENT ON COLUMN marts.selections.city_code IS '所在市代码；已不在名册里的为空';
COMMENT ON COLUMN marts.selections.city IS '所在市；已不在名册里的为空';
COMMENT ON COLUMN marts.selections.line IS '报送条线；不报给谁的为空';
COMMENT ON COLUMN marts.selections.deliverable IS '事项代码';
COMMENT ON COLUMN marts.selections.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN marts.selections.day IS '活动日期；清单的为空';
COMMENT ON COLUMN marts.selections.title IS '标题，清单为是哪一条；没有的为空';
COMMENT ON COLUMN marts.selections.material_type_code IS '材料类型代码；清单的为空';
COMMENT ON COLUMN marts.selections.material_type IS '材料类型；清单的为空';
COMMENT ON COLUMN marts.selections.category_code IS '活动类别代码；没有的为空';
COMMENT ON COLUMN marts.selections.category IS '活动类别；没有的为空';
COMMENT ON COLUMN marts.selections.theme_code IS '宣传主题代码；没有的为空';
COMMENT ON COLUMN marts.selections.theme IS '宣传主题；没有的为空';
COMMENT ON COLUMN marts.selections.county IS '县（市、区）；没有的为空';
COMMENT ON COLUMN marts.selections.link IS '链接；没有的为空';
COMMENT ON COLUMN marts.selections.submission_id IS '出自哪个报送件';
COMMENT ON COLUMN marts.selections.path IS '出自哪个文件';
COMMENT ON COLUMN marts.selections.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.selections.row_number IS '行号';
COMMENT ON COLUMN marts.selections.received_at IS '收到时间；已不再有效过的为空';
COMMENT ON COLUMN marts.selections.decision_id IS '以哪个决定为准';
COMMENT ON COLUMN marts.selections.decided_by IS '谁决定的（登录名）';
COMMENT ON COLUMN marts.selections.decided_at IS '决定的时刻';
COMMENT ON COLUMN marts.selections.reason IS '理由';
COMMENT ON COLUMN marts.selections.first_selected_at IS '最早何时选的；不选的为空';
COMMENT ON COLUMN marts.selections.opinions IS '遴选的条线有几个人选了它';
COMMENT ON COLUMN marts.selections.recommended_by IS '此刻推荐它的别的条线；没有的为空';
COMMENT ON COLUMN marts.selections.current_item_id IS '现在代表它的有效行编号；已更正或撤回的为空';
