-- One row a recipient as of the notice's last scan. Key: notice_id, recipient_code. Defined in recipient_reporting_as_of.
CREATE OR REPLACE VIEW marts.recipient_reporting AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.kind_name,
    latest.line,
    latest.city_code,
    latest.city,
    latest.is_participating,
    latest.expected,
    latest.due,
    latest.on_time,
    latest.late,
    latest.missing,
    latest.pending,
    latest.zero_reports,
    latest.reporting_rate,
    latest.on_time_rate,
    latest.returned,
    latest.exempt,
    latest.materials,
    latest.typical_cases,
    latest.articles,
    latest.photos,
    latest.videos,
    latest.participants,
    latest.online_views,
    latest.last_received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.recipient_reporting_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.recipient_reporting IS '每个单位最新的报送情况和材料数量';
COMMENT ON COLUMN marts.recipient_reporting.notice_id IS '通知代号';
COMMENT ON COLUMN marts.recipient_reporting.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.recipient_reporting.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.recipient_reporting.recipient IS '单位名称';
COMMENT ON COLUMN marts.recipient_reporting.kind IS '单位类别代码';
COMMENT ON COLUMN marts.recipient_reporting.kind_name IS '单位类别';
COMMENT ON COLUMN marts.recipient_reporting.line IS '报送条线代码；只主送不报送的为空';
COMMENT ON COLUMN marts.recipient_reporting.city_code IS '所在市代码';
COMMENT ON COLUMN marts.recipient_reporting.city IS '所在市';
COMMENT ON COLUMN marts.recipient_reporting.is_participating IS '是否已参与：应报而且至少有一行有效数据，零报告不算';
COMMENT ON COLUMN marts.recipient_reporting.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.recipient_reporting.due IS '已到期项数';
COMMENT ON COLUMN marts.recipient_reporting.on_time IS '按时项数';
COMMENT ON COLUMN marts.recipient_reporting.late IS '迟报项数';
COMMENT ON COLUMN marts.recipient_reporting.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN marts.recipient_reporting.pending IS '未到期未报项数';
COMMENT ON COLUMN marts.recipient_reporting.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN marts.recipient_reporting.reporting_rate IS '报送率：已到期中已报的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.recipient_reporting.on_time_rate IS '按时率：已到期中按时的，0 到 1；无到期项的为空';
COMMENT ON COLUMN marts.recipient_reporting.returned IS '有退回而尚未补报的项数';
COMMENT ON COLUMN marts.recipient_reporting.exempt IS '免报项数，不在其他数里';
COMMENT ON COLUMN marts.recipient_reporting.materials IS '材料条数，零报告不算';
COMMENT ON COLUMN marts.recipient_reporting.typical_cases IS '典型案例数';
COMMENT ON COLUMN marts.recipient_reporting.articles IS '稿件数';
COMMENT ON COLUMN marts.recipient_reporting.photos IS '照片数';
COMMENT ON COLUMN marts.recipient_reporting.videos IS '视频数';
COMMENT ON COLUMN marts.recipient_reporting.participants IS '参与人数合计';
COMMENT ON COLUMN marts.recipient_reporting.online_views IS '线上观看人次合计';
COMMENT ON COLUMN marts.recipient_reporting.last_received_at IS '最近一次收到它的东西的时间，退回、重复的也算；从未收到的为空';
