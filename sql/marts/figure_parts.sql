-- One row what a figure is made of, as of the notice's last scan. Key: notice_id, city_code, figure, part, part_key, item_id.
-- Defined in figure_parts_as_of.
CREATE OR REPLACE VIEW marts.figure_parts AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.figure,
    latest.part,
    latest.part_key,
    latest.amount,
    latest.recipient_code,
    latest.deliverable,
    latest.period,
    latest.due_at,
    latest.status,
    latest.column_name,
    latest.submission_id,
    latest.sheet,
    latest.row_number,
    latest.item_id
FROM core.last_scans
CROSS JOIN LATERAL marts.figure_parts_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.figure_parts IS '每个数最新由什么合成：amount 相加即得，比率再除以分母';
COMMENT ON COLUMN marts.figure_parts.notice_id IS '通知代号';
COMMENT ON COLUMN marts.figure_parts.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.figure_parts.city_code IS '区划代码';
COMMENT ON COLUMN marts.figure_parts.figure IS '哪个数';
COMMENT ON COLUMN marts.figure_parts.part IS 'counted 计入（率的分子）、denominator 分母';
COMMENT ON COLUMN marts.figure_parts.part_key IS '算作哪一个：行的身份、日期、县、类别、单位或应报项';
COMMENT ON COLUMN marts.figure_parts.amount IS '计入多少；同一天（县、类）只有最先收到的一行为 1，其余为 0';
COMMENT ON COLUMN marts.figure_parts.recipient_code IS '单位代码；没有的为空';
COMMENT ON COLUMN marts.figure_parts.deliverable IS '事项代码；没有的为空';
COMMENT ON COLUMN marts.figure_parts.period IS '期；没有的为空';
COMMENT ON COLUMN marts.figure_parts.due_at IS '截止时间；不按应报项计的为空';
COMMENT ON COLUMN marts.figure_parts.status IS '应报项的状态；不按应报项计的为空';
COMMENT ON COLUMN marts.figure_parts.column_name IS '由哪一列得出；不由单元格得出的为空';
COMMENT ON COLUMN marts.figure_parts.submission_id IS '出自哪个报送件；没有的为空';
COMMENT ON COLUMN marts.figure_parts.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.figure_parts.row_number IS '行号；没有的为空';
COMMENT ON COLUMN marts.figure_parts.item_id IS '有效行编号；没有的为空';
