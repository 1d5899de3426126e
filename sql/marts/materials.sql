-- One row a material that is current now (zero reports apart), with its cells as received. Key: item_id. Defined in materials_as_of.
-- 示例 参与人数最多的十条材料，出自哪个文件哪一行
--   SELECT recipient, activity_date, title, participants, participants_text, path, sheet, row_number
--   FROM marts.materials WHERE notice_id = $notice ORDER BY participants DESC NULLS LAST, item_id LIMIT 10
CREATE OR REPLACE VIEW marts.materials AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.activity_date,
    latest.material_type,
    latest.title,
    latest.category,
    latest.theme,
    latest.county,
    latest.participants,
    latest.participants_text,
    latest.participants_is_approximate,
    latest.online_views,
    latest.online_views_text,
    latest.online_views_is_approximate,
    latest.link,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.materials_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.materials IS '材料明细：当前有效的每一条材料';
COMMENT ON COLUMN marts.materials.notice_id IS '通知代号';
COMMENT ON COLUMN marts.materials.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.materials.item_id IS '有效行编号';
COMMENT ON COLUMN marts.materials.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.materials.recipient IS '单位名称';
COMMENT ON COLUMN marts.materials.city_code IS '所在市代码';
COMMENT ON COLUMN marts.materials.activity_date IS '活动日期';
COMMENT ON COLUMN marts.materials.material_type IS '材料类型；通知不要求而没有填的为空';
COMMENT ON COLUMN marts.materials.title IS '标题；通知不要求而没有填的为空';
COMMENT ON COLUMN marts.materials.category IS '活动类别；通知不要求而没有填的为空';
COMMENT ON COLUMN marts.materials.theme IS '宣传主题；没有的为空';
COMMENT ON COLUMN marts.materials.county IS '县（市、区）；没有的为空';
COMMENT ON COLUMN marts.materials.participants IS '参与人数；未填和不适用为空';
COMMENT ON COLUMN marts.materials.participants_text IS '参与人数原文；没有的为空';
COMMENT ON COLUMN marts.materials.participants_is_approximate IS '参与人数是否约数（写了约或万）';
COMMENT ON COLUMN marts.materials.online_views IS '线上观看人次；未填和不适用为空';
COMMENT ON COLUMN marts.materials.online_views_text IS '线上观看人次原文；没有的为空';
COMMENT ON COLUMN marts.materials.online_views_is_approximate IS '线上观看人次是否约数';
COMMENT ON COLUMN marts.materials.link IS '链接；没有的为空';
COMMENT ON COLUMN marts.materials.path IS '出自哪个文件';
COMMENT ON COLUMN marts.materials.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.materials.row_number IS '行号';
COMMENT ON COLUMN marts.materials.received_at IS '收到时间（通知所在时区）';
