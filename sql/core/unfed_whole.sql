-- One row a unit of raw.unfed of which all counted rows are compared. Of the others raw.unfed_files names the files whose rows are.
-- Key: notice_id, recipient_code.
CREATE OR REPLACE VIEW core.unfed_whole AS
SELECT
    unfed.notice_id,
    unfed.recipient_code
FROM raw.unfed
ANTI JOIN raw.unfed_files AS named
    ON unfed.notice_id = named.notice_id AND unfed.recipient_code = named.recipient_code;
COMMENT ON VIEW core.unfed_whole IS '下次发布时全部行都要比对的单位';
COMMENT ON COLUMN core.unfed_whole.notice_id IS '通知代号';
COMMENT ON COLUMN core.unfed_whole.recipient_code IS '单位代码；* 为各项决定，** 为全部单位';
