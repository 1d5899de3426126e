-- One row a cell that was corrected as of the notice's last scan.
-- Key: notice_id, recipient_code, deliverable, item_key, changed_at, place, column_name, indicator. Defined in corrections_as_of.
CREATE OR REPLACE VIEW marts.corrections AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.changed_at,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.deliverable_name,
    latest.period,
    latest.item_key,
    latest.place,
    latest.title,
    latest.change,
    latest.column_name,
    latest.indicator,
    latest.value_before,
    latest.value_after,
    latest.difference,
    latest.due_at,
    latest.is_after_due,
    latest.decision_id,
    latest.submission_id,
    latest.receipt_id,
    latest.path_after,
    latest.sheet_after,
    latest.row_after,
    latest.path_before,
    latest.sheet_before,
    latest.row_before
FROM core.last_scans
CROSS JOIN LATERAL marts.corrections_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.corrections IS '更正：哪一格从什么改成了什么，被哪份收件或决定改的';
COMMENT ON COLUMN marts.corrections.notice_id IS '通知代号';
COMMENT ON COLUMN marts.corrections.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.corrections.changed_at IS '从何时起改了';
COMMENT ON COLUMN marts.corrections.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.corrections.recipient IS '单位名称';
COMMENT ON COLUMN marts.corrections.city_code IS '所在市代码';
COMMENT ON COLUMN marts.corrections.city IS '所在市';
COMMENT ON COLUMN marts.corrections.deliverable IS '事项代码';
COMMENT ON COLUMN marts.corrections.deliverable_name IS '事项';
COMMENT ON COLUMN marts.corrections.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN marts.corrections.item_key IS '行的身份：材料为日期、类型、标题，其余为期；没有的为空';
COMMENT ON COLUMN marts.corrections.place IS '同一身份的第几行';
COMMENT ON COLUMN marts.corrections.title IS '标题；没有的为空';
COMMENT ON COLUMN marts.corrections.change IS 'changed 改了、removed 这一行不再计、added 同一身份多了一行';
COMMENT ON COLUMN marts.corrections.column_name IS '哪一列；统计表为 value';
COMMENT ON COLUMN marts.corrections.indicator IS '统计表的哪项指标；别的为空';
COMMENT ON COLUMN marts.corrections.value_before IS '原来的值；没有的为空';
COMMENT ON COLUMN marts.corrections.value_after IS '改后的值；没有的为空';
COMMENT ON COLUMN marts.corrections.difference IS '改后减原来，空按 0 计；不是数的列为空';
COMMENT ON COLUMN marts.corrections.due_at IS '这一期的截止时间；没有应报的为空';
COMMENT ON COLUMN marts.corrections.is_after_due IS '是否在截止之后才改；没有应报的为空';
COMMENT ON COLUMN marts.corrections.decision_id IS '由哪个决定改的；不是决定的为空';
COMMENT ON COLUMN marts.corrections.submission_id IS '由哪件报送改的；只由决定改的为空';
COMMENT ON COLUMN marts.corrections.receipt_id IS '它属于哪份收件';
COMMENT ON COLUMN marts.corrections.path_after IS '它的路径';
COMMENT ON COLUMN marts.corrections.sheet_after IS '改后的值在哪张工作表；行被取消的为空';
COMMENT ON COLUMN marts.corrections.row_after IS '改后的值在哪一行；行被取消的为空';
COMMENT ON COLUMN marts.corrections.path_before IS '原来的值在哪个文件；新增的为空';
COMMENT ON COLUMN marts.corrections.sheet_before IS '原来的值在哪张工作表；没有的为空';
COMMENT ON COLUMN marts.corrections.row_before IS '原来的值在哪一行';
