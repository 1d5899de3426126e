-- One row a material that is current as of the notice's last scan, with its scores. Key: notice_id, item_id. Defined in candidates_as_of.
CREATE OR REPLACE VIEW marts.candidates AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.kind_name,
    latest.line,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.period,
    latest.activity_date,
    latest.title,
    latest.material_type_code,
    latest.material_type,
    latest.category,
    latest.theme,
    latest.county,
    latest.participants,
    latest.online_views,
    latest.link,
    latest.pictures,
    latest.videos,
    latest.documents,
    latest.score_complete,
    latest.score_media,
    latest.score_link,
    latest.score_new_category,
    latest.score_new_county,
    latest.score_reach,
    latest.score,
    latest.reach_times,
    latest.like_item_id,
    latest.like_title,
    latest.like_recipient,
    latest.likeness,
    latest.state,
    latest.recommended_by,
    latest.was_selected,
    latest.first_known_at,
    latest.submission_id,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.candidates_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.candidates IS '遴选的候选：有效的每条材料，连同附件、各项得分和疑似重复';
COMMENT ON COLUMN marts.candidates.notice_id IS '通知代号';
COMMENT ON COLUMN marts.candidates.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.candidates.item_id IS '有效行编号';
COMMENT ON COLUMN marts.candidates.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.candidates.recipient IS '单位名称';
COMMENT ON COLUMN marts.candidates.kind IS '单位类别（代码）';
COMMENT ON COLUMN marts.candidates.kind_name IS '单位类别';
COMMENT ON COLUMN marts.candidates.line IS '报送条线；不报给谁的为空';
COMMENT ON COLUMN marts.candidates.city_code IS '所在市代码';
COMMENT ON COLUMN marts.candidates.city IS '所在市；没有的为空';
COMMENT ON COLUMN marts.candidates.deliverable IS '事项代码';
COMMENT ON COLUMN marts.candidates.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN marts.candidates.activity_date IS '活动日期；没有的为空';
COMMENT ON COLUMN marts.candidates.title IS '标题；没有的为空';
COMMENT ON COLUMN marts.candidates.material_type_code IS '材料类型代码；没有的为空';
COMMENT ON COLUMN marts.candidates.material_type IS '材料类型；没有的为空';
COMMENT ON COLUMN marts.candidates.category IS '活动类别；没有的为空';
COMMENT ON COLUMN marts.candidates.theme IS '宣传主题；没有的为空';
COMMENT ON COLUMN marts.candidates.county IS '县（市、区）；没有的为空';
COMMENT ON COLUMN marts.candidates.participants IS '参与人数；未填和不适用为空';
COMMENT ON COLUMN marts.candidates.online_views IS '线上观看人次；未填和不适用为空';
COMMENT ON COLUMN marts.candidates.link IS '链接；没有的为空';
COMMENT ON COLUMN marts.candidates.pictures IS '附了几张图片';
COMMENT ON COLUMN marts.candidates.videos IS '附了几个视频';
COMMENT ON COLUMN marts.candidates.documents IS '附了几个别的文件';
COMMENT ON COLUMN marts.candidates.score_complete IS '填全得分：类别、主题（通知有的）、人数或人次都有';
COMMENT ON COLUMN marts.candidates.score_media IS '图片视频得分';
COMMENT ON COLUMN marts.candidates.score_link IS '链接得分：有链接，且没有查出打不开';
COMMENT ON COLUMN marts.candidates.score_new_category IS '新类别得分：本单位第一次报这一类';
COMMENT ON COLUMN marts.candidates.score_new_county IS '新县得分：本单位第一次报这个县';
COMMENT ON COLUMN marts.candidates.score_reach IS '人气得分，不到 1 分：只在其他各项相同时分先后';
COMMENT ON COLUMN marts.candidates.score IS '总分：各项之和';
COMMENT ON COLUMN marts.candidates.reach_times IS '人数加人次是本单位平常（中位数；不足三条的取同类单位的）的几倍；没有填的为空';
COMMENT ON COLUMN marts.candidates.like_item_id IS '疑似与哪条先报的重复；没有的为空';
COMMENT ON COLUMN marts.candidates.like_title IS '那一条的标题；没有的为空';
COMMENT ON COLUMN marts.candidates.like_recipient IS '那一条的单位；没有的为空';
COMMENT ON COLUMN marts.candidates.likeness IS '标题相似度，0.6 到 1；没有的为空';
COMMENT ON COLUMN marts.candidates.state IS '遴选状态（代码），见 selections；还没有人决定的为空';
COMMENT ON COLUMN marts.candidates.recommended_by IS '推荐它的别的条线；没有的为空';
COMMENT ON COLUMN marts.candidates.was_selected IS '更正以前的那一行是否入选过';
COMMENT ON COLUMN marts.candidates.first_known_at IS '所说相同的行从何时起有效';
COMMENT ON COLUMN marts.candidates.submission_id IS '出自哪个报送件';
COMMENT ON COLUMN marts.candidates.path IS '出自哪个文件';
COMMENT ON COLUMN marts.candidates.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.candidates.row_number IS '行号';
COMMENT ON COLUMN marts.candidates.received_at IS '收到时间（通知所在时区）';
