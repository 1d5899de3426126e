-- One row a unit, period and comparison with the period before as of the notice's last scan. Key: notice_id, recipient_code, deliverable, period, position. Defined in period_checks_as_of.
CREATE OR REPLACE VIEW marts.period_checks AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.position,
    latest.indicator,
    latest.indicator_name,
    latest.value,
    latest.last_period,
    latest.last_value,
    latest.is_warning,
    latest.sentence
FROM core.last_scans
CROSS JOIN LATERAL marts.period_checks_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.period_checks IS '最新的各期的数与上一期的对照';
COMMENT ON COLUMN marts.period_checks.notice_id IS '通知代号';
COMMENT ON COLUMN marts.period_checks.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.period_checks.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.period_checks.recipient IS '单位名称';
COMMENT ON COLUMN marts.period_checks.city_code IS '所在市代码';
COMMENT ON COLUMN marts.period_checks.deliverable IS '事项代码';
COMMENT ON COLUMN marts.period_checks.period IS '期';
COMMENT ON COLUMN marts.period_checks.position IS '通知里的第几条比较';
COMMENT ON COLUMN marts.period_checks.indicator IS '指标代码';
COMMENT ON COLUMN marts.period_checks.indicator_name IS '指标名称';
COMMENT ON COLUMN marts.period_checks.value IS '本期的数';
COMMENT ON COLUMN marts.period_checks.last_period IS '上一期';
COMMENT ON COLUMN marts.period_checks.last_value IS '上一期拿来比的数';
COMMENT ON COLUMN marts.period_checks.is_warning IS '是否需要核对';
COMMENT ON COLUMN marts.period_checks.sentence IS '说明；相符的为空';
