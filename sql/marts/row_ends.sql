-- One row a received row or document, or a file without rows, with what has become of it as of the notice's last scan.
-- Key: submission_id, table_number, row_number. Defined in row_ends_as_of.
CREATE OR REPLACE VIEW marts.row_ends AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.submission_id,
    latest.path,
    latest.recipient_code,
    latest.city_code,
    latest.deliverable,
    latest.kind,
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
    latest.item_id,
    latest.deliverable_kind
FROM core.last_scans
CROSS JOIN LATERAL marts.row_ends_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.row_ends IS '每个收到的行（和没有行的文件）的最新去向';
COMMENT ON COLUMN marts.row_ends.notice_id IS '通知代号';
COMMENT ON COLUMN marts.row_ends.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.row_ends.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.row_ends.path IS '路径';
COMMENT ON COLUMN marts.row_ends.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN marts.row_ends.city_code IS '所在市代码；认不出的为空';
COMMENT ON COLUMN marts.row_ends.deliverable IS '事项代码；认不出的为空';
COMMENT ON COLUMN marts.row_ends.kind IS '事项种类（旧名，下一版去掉；请用 deliverable_kind）；没有的为空';
COMMENT ON COLUMN marts.row_ends.period IS '期；没有的为空';
COMMENT ON COLUMN marts.row_ends.sheet IS '工作表名；文档为空串，没有行的文件为空';
COMMENT ON COLUMN marts.row_ends.table_number IS '件内第几张表；文档为 0，没有行的文件为空';
COMMENT ON COLUMN marts.row_ends.row_number IS '行号；文档为 0，没有行的文件为空';
COMMENT ON COLUMN marts.row_ends.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.row_ends.title IS '标题；没有的为空';
COMMENT ON COLUMN marts.row_ends.row_end IS
'去向：counted 计入、zero_report 零报告、replaced 被更正、duplicate_row 件内重复、rejected 退回、duplicate 重复、not_yet 尚未收到、attachment 附件、ignored 忽略';
COMMENT ON COLUMN marts.row_ends.reasons IS '退回的原因代码，以 | 连接；没有的为空';
COMMENT ON COLUMN marts.row_ends.explanation IS '退回的说明；没有的为空';
COMMENT ON COLUMN marts.row_ends.duplicate_of IS '与哪个报送件内容相同；没有的为空';
COMMENT ON COLUMN marts.row_ends.replaced_by IS '被哪个报送件更正；没有的为空';
COMMENT ON COLUMN marts.row_ends.item_id IS '有效行编号；不计入的为空';
COMMENT ON COLUMN marts.row_ends.deliverable_kind IS '事项种类；没有的为空';
