-- One row a city and figure as of the notice's last scan. Key: notice_id, city_code, figure. Defined in figures_as_of.
CREATE OR REPLACE VIEW marts.figures AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.figure,
    latest.value
FROM core.last_scans
CROSS JOIN LATERAL marts.figures_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.figures IS '各市每一个数的最新值，一数一行';
COMMENT ON COLUMN marts.figures.notice_id IS '通知代号';
COMMENT ON COLUMN marts.figures.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.figures.city_code IS '区划代码';
COMMENT ON COLUMN marts.figures.city IS '市';
COMMENT ON COLUMN marts.figures.figure IS '哪个数：city_reporting 和 city_coverage 的列名';
COMMENT ON COLUMN marts.figures.value IS '值；率在 0 到 1 之间，没有分母的为空';
