-- One row an indicator, or another column of the notice's own, of a statistics table or a list that is current now, long: recipient, period, indicator. Key: item_id, indicator. Defined in statistics_as_of.
-- 示例 某一指标的各单位数，连同原文
--   SELECT recipient, period, indicator_name, value, amount, text, value_text, is_approximate, path, sheet, row_number
--   FROM marts.statistics WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.statistics AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.indicator,
    latest.indicator_name,
    latest.value,
    latest.amount,
    latest.unit,
    latest.text,
    latest.value_text,
    latest.is_approximate,
    latest.is_not_applicable,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.statistics_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.statistics IS '统计表和清单明细：当前有效的每个单位、每期、每项指标的数';
COMMENT ON COLUMN marts.statistics.notice_id IS '通知代号';
COMMENT ON COLUMN marts.statistics.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.statistics.item_id IS '有效行编号';
COMMENT ON COLUMN marts.statistics.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.statistics.recipient IS '单位名称';
COMMENT ON COLUMN marts.statistics.city_code IS '所在市代码';
COMMENT ON COLUMN marts.statistics.deliverable IS '事项代码';
COMMENT ON COLUMN marts.statistics.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.statistics.indicator IS '指标代码';
COMMENT ON COLUMN marts.statistics.indicator_name IS '指标名称';
COMMENT ON COLUMN marts.statistics.value IS '整数；不适用的为空，小数、百分数、金额见 amount';
COMMENT ON COLUMN marts.statistics.amount IS '数；金额为元，百分数 12.5 即 12.5%；不适用的为空';
COMMENT ON COLUMN marts.statistics.unit IS '通知写的单位；没有写的为空串';
COMMENT ON COLUMN marts.statistics.text IS '不是数的列填的：文字、日期（ISO）、选项、是或否；数为空，个人信息只有代号';
COMMENT ON COLUMN marts.statistics.value_text IS '原文；没有的为空';
COMMENT ON COLUMN marts.statistics.is_approximate IS '是否约数（写了约或万）';
COMMENT ON COLUMN marts.statistics.is_not_applicable IS '是否填了不适用';
COMMENT ON COLUMN marts.statistics.path IS '出自哪个文件';
COMMENT ON COLUMN marts.statistics.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.statistics.row_number IS '行号';
COMMENT ON COLUMN marts.statistics.received_at IS '收到时间（通知所在时区）';
