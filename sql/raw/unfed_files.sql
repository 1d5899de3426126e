-- One row a file of whose counted rows the change feed asks, of a unit in raw.unfed. Key: notice_id, recipient_code, submission_id.
-- A unit in raw.unfed without any here is asked of all its counted rows; one that has only '' here, of none. Empty whenever a snapshot was published.
CREATE TABLE IF NOT EXISTS raw.unfed_files (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL
);
COMMENT ON TABLE raw.unfed_files IS '还没有与变更流水核对过的单位里，计入的行可能有变化的报送件';
COMMENT ON COLUMN raw.unfed_files.notice_id IS '通知代号';
COMMENT ON COLUMN raw.unfed_files.recipient_code IS '单位代码；认不出单位的为空串';
COMMENT ON COLUMN raw.unfed_files.submission_id IS '报送件编号；空串表示没有';
