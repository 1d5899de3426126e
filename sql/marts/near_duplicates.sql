-- One row a pair of materials that are alike as of the notice's last scan.
-- Key: item_id, like_item_id. Defined in near_duplicates_as_of.
CREATE OR REPLACE VIEW marts.near_duplicates AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.activity_date,
    latest.likeness,
    latest.is_same_type,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.line,
    latest.material_type,
    latest.title,
    latest.participants,
    latest.received_at,
    latest.like_item_id,
    latest.like_recipient_code,
    latest.like_recipient,
    latest.like_line,
    latest.like_material_type,
    latest.like_title,
    latest.like_participants,
    latest.like_received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.near_duplicates_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.near_duplicates IS '疑似重复：同市两个单位可能各报一次的同一项活动，只提示，不合并';
COMMENT ON COLUMN marts.near_duplicates.notice_id IS '通知代号';
COMMENT ON COLUMN marts.near_duplicates.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.near_duplicates.city_code IS '所在市代码';
COMMENT ON COLUMN marts.near_duplicates.city IS '所在市';
COMMENT ON COLUMN marts.near_duplicates.activity_date IS '活动日期';
COMMENT ON COLUMN marts.near_duplicates.likeness IS '相似度：标题相邻两字相同的比例，0.6 到 1';
COMMENT ON COLUMN marts.near_duplicates.is_same_type IS '两条的材料类型是否相同';
COMMENT ON COLUMN marts.near_duplicates.item_id IS '后报的那条的有效行编号';
COMMENT ON COLUMN marts.near_duplicates.recipient_code IS '后报的单位代码';
COMMENT ON COLUMN marts.near_duplicates.recipient IS '后报的单位';
COMMENT ON COLUMN marts.near_duplicates.line IS '后报单位的报送条线；不报给谁的为空';
COMMENT ON COLUMN marts.near_duplicates.material_type IS '后报的材料类型';
COMMENT ON COLUMN marts.near_duplicates.title IS '后报的标题';
COMMENT ON COLUMN marts.near_duplicates.participants IS '后报的参与人数；未填的为空';
COMMENT ON COLUMN marts.near_duplicates.received_at IS '后报的收到时间';
COMMENT ON COLUMN marts.near_duplicates.like_item_id IS '先报的那条的有效行编号';
COMMENT ON COLUMN marts.near_duplicates.like_recipient_code IS '先报的单位代码';
COMMENT ON COLUMN marts.near_duplicates.like_recipient IS '先报的单位';
COMMENT ON COLUMN marts.near_duplicates.like_line IS '先报单位的报送条线；不报给谁的为空';
COMMENT ON COLUMN marts.near_duplicates.like_material_type IS '先报的材料类型';
COMMENT ON COLUMN marts.near_duplicates.like_title IS '先报的标题';
COMMENT ON COLUMN marts.near_duplicates.like_participants IS '先报的参与人数；未填的为空';
COMMENT ON COLUMN marts.near_duplicates.like_received_at IS '先报的收到时间';
