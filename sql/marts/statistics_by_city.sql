-- One row a city, period and indicator as of the notice's last scan. Key: notice_id, city_code, deliverable, period, indicator. Defined in statistics_by_city_as_of.
CREATE OR REPLACE VIEW marts.statistics_by_city AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.period,
    latest.indicator,
    latest.indicator_name,
    latest.total,
    latest.amount,
    latest.aggregate,
    latest.unit,
    latest.units_owing,
    latest.units_reported,
    latest.units_not_applicable,
    latest.units_missing,
    latest.has_approximate
FROM core.last_scans
CROSS JOIN LATERAL marts.statistics_by_city_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.statistics_by_city IS '统计表和清单各市最新合计，及合计中缺哪些单位';
COMMENT ON COLUMN marts.statistics_by_city.notice_id IS '通知代号';
COMMENT ON COLUMN marts.statistics_by_city.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.statistics_by_city.city_code IS '区划代码';
COMMENT ON COLUMN marts.statistics_by_city.city IS '市';
COMMENT ON COLUMN marts.statistics_by_city.deliverable IS '事项代码';
COMMENT ON COLUMN marts.statistics_by_city.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.statistics_by_city.indicator IS '指标代码';
COMMENT ON COLUMN marts.statistics_by_city.indicator_name IS '指标名称';
COMMENT ON COLUMN marts.statistics_by_city.total IS '整数之和；没有一个单位给出数的、不可相加的为空';
COMMENT ON COLUMN marts.statistics_by_city.amount IS '按 aggregate 汇总的数；金额为元，百分数 12.5 即 12.5%；没有数的、不汇总的为空';
COMMENT ON COLUMN marts.statistics_by_city.aggregate IS '怎么汇总：sum、mean、weighted、min、max、last、none';
COMMENT ON COLUMN marts.statistics_by_city.unit IS '通知写的单位；没有写的为空串';
COMMENT ON COLUMN marts.statistics_by_city.units_owing IS '应报单位数，免报的不算';
COMMENT ON COLUMN marts.statistics_by_city.units_reported IS '其中已收下的单位数';
COMMENT ON COLUMN marts.statistics_by_city.units_not_applicable IS '填了不适用的单位数';
COMMENT ON COLUMN marts.statistics_by_city.units_missing IS '合计里缺的单位名称（列表）；不缺的为空列表';
COMMENT ON COLUMN marts.statistics_by_city.has_approximate IS '合计里是否有约数';
