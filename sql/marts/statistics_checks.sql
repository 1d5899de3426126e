-- One row a unit, period and daily figure as of the notice's last scan. Key: notice_id, recipient_code, deliverable, period, compares_with. Defined in statistics_checks_as_of.
CREATE OR REPLACE VIEW marts.statistics_checks AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.compares_with,
    latest.indicators,
    latest.reported,
    latest.daily,
    latest.difference,
    latest.is_approximate,
    latest.finding,
    latest.is_warning,
    latest.sentence
FROM core.last_scans
CROSS JOIN LATERAL marts.statistics_checks_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.statistics_checks IS '统计表与每日材料最新的对照：只提醒，不退回';
COMMENT ON COLUMN marts.statistics_checks.notice_id IS '通知代号';
COMMENT ON COLUMN marts.statistics_checks.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.statistics_checks.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.statistics_checks.recipient IS '单位名称';
COMMENT ON COLUMN marts.statistics_checks.city_code IS '所在市代码';
COMMENT ON COLUMN marts.statistics_checks.deliverable IS '事项代码';
COMMENT ON COLUMN marts.statistics_checks.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.statistics_checks.compares_with IS '与每日材料的哪个数对照：events、materials、participants、online_views';
COMMENT ON COLUMN marts.statistics_checks.indicators IS '参加对照的指标名称（列表）';
COMMENT ON COLUMN marts.statistics_checks.reported IS '统计表中这些指标之和';
COMMENT ON COLUMN marts.statistics_checks.daily IS '每日材料中的数';
COMMENT ON COLUMN marts.statistics_checks.difference IS '统计表减每日材料';
COMMENT ON COLUMN marts.statistics_checks.is_approximate IS '统计表中是否有约数';
COMMENT ON COLUMN marts.statistics_checks.finding IS 'consistent 相符、lower_than_daily 统计表少于每日材料、nothing_daily 统计表有数而每日材料没有';
COMMENT ON COLUMN marts.statistics_checks.is_warning IS '是否需要核对';
COMMENT ON COLUMN marts.statistics_checks.sentence IS '提醒的话，两边的数都在里面；相符的为空';
