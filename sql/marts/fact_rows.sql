-- One row a received row or document, or a file without rows, as of the notice's last scan.
-- Key: submission_id, table_number, row_number. Defined in fact_rows_as_of.
CREATE OR REPLACE VIEW marts.fact_rows AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.submission_id,
    latest.path,
    latest.source,
    latest.format,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.kind_name,
    latest.line,
    latest.line_name,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.deliverable_name,
    latest.period,
    latest.sheet,
    latest.table_number,
    latest.row_number,
    latest.received_at,
    latest.title,
    latest.row_end,
    latest.reasons,
    latest.explanation,
    latest.duplicate_of,
    latest.replaced_by,
    latest.item_id
FROM core.last_scans
CROSS JOIN LATERAL marts.fact_rows_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.fact_rows IS '收到的行的宽表：每个收到的行的最新去向，连同所属一切的代码和名称';
COMMENT ON COLUMN marts.fact_rows.notice_id IS '通知代号';
COMMENT ON COLUMN marts.fact_rows.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.fact_rows.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.fact_rows.path IS '相对收件箱的路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN marts.fact_rows.source IS '收件渠道';
COMMENT ON COLUMN marts.fact_rows.format IS '格式；没有的为空';
COMMENT ON COLUMN marts.fact_rows.recipient_code IS '单位代码；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.recipient IS '单位名称；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.kind IS '单位类别代码；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.kind_name IS '单位类别；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.line IS '报送条线代码；不报给谁的和认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.line_name IS '报送条线；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.city_code IS '所在市代码；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.city IS '所在市；认不出单位的为空';
COMMENT ON COLUMN marts.fact_rows.deliverable IS '事项代码；认不出的为空';
COMMENT ON COLUMN marts.fact_rows.deliverable_name IS '事项；认不出的为空';
COMMENT ON COLUMN marts.fact_rows.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN marts.fact_rows.sheet IS '工作表名；没有行的文件为空';
COMMENT ON COLUMN marts.fact_rows.table_number IS '件内第几张表；没有行的文件为空';
COMMENT ON COLUMN marts.fact_rows.row_number IS '行号；没有行的文件为空';
COMMENT ON COLUMN marts.fact_rows.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.fact_rows.title IS '标题；没有的为空';
COMMENT ON COLUMN marts.fact_rows.row_end IS '去向，见 row_ends';
COMMENT ON COLUMN marts.fact_rows.reasons IS '退回的原因代码，用 | 隔开；没有退回的为空';
COMMENT ON COLUMN marts.fact_rows.explanation IS '给单位的说明；没有退回的为空';
COMMENT ON COLUMN marts.fact_rows.duplicate_of IS '与哪一件相同；不是重复的为空';
COMMENT ON COLUMN marts.fact_rows.replaced_by IS '被哪一件顶替；没有被顶替的为空';
COMMENT ON COLUMN marts.fact_rows.item_id IS '有效行编号；没有计入的为空';
