-- One row a value that is far off as of the notice's last scan. Key: notice_id, recipient_code, activity_date, measure, finding, county. Defined in far_off_as_of.
CREATE OR REPLACE VIEW marts.far_off AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.activity_date,
    latest.measure,
    latest.county,
    latest.finding,
    latest.value,
    latest.usual,
    latest.times,
    latest.submission_id,
    latest.sentence
FROM core.last_scans
CROSS JOIN LATERAL marts.far_off_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.far_off IS '最新的大得反常的数：只提醒，不退回';
COMMENT ON COLUMN marts.far_off.notice_id IS '通知代号';
COMMENT ON COLUMN marts.far_off.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.far_off.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.far_off.recipient IS '单位名称';
COMMENT ON COLUMN marts.far_off.city_code IS '所在市代码';
COMMENT ON COLUMN marts.far_off.activity_date IS '活动日期';
COMMENT ON COLUMN marts.far_off.measure IS '哪个数：participants 参与人数、online_views 线上观看人次';
COMMENT ON COLUMN marts.far_off.county IS '县（市、区）；不按县看的为空';
COMMENT ON COLUMN marts.far_off.finding IS '怎么反常：more_than_usual 远多于平常、more_than_people 多于全县人口';
COMMENT ON COLUMN marts.far_off.value IS '这一天的数';
COMMENT ON COLUMN marts.far_off.usual IS '平常的数（中位数），或全县人口';
COMMENT ON COLUMN marts.far_off.times IS '是平常的几倍';
COMMENT ON COLUMN marts.far_off.submission_id IS '其中最大一条出自哪个报送件';
COMMENT ON COLUMN marts.far_off.sentence IS '说明';
