-- One row a submission that decisions of people speak of, or that was read under one. Key: notice_id, submission_id.
-- state replaces the state that its content gives: ignored (set aside) or superseded (another reading of the same file holds,
-- or the decision that it was read under was undone); NULL where the content's state stands. What counts when: core.decided_rows.
CREATE TABLE IF NOT EXISTS core.decided_files (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    state VARCHAR,
    sentence VARCHAR
);
COMMENT ON TABLE core.decided_files IS '人的决定涉及的报送件';
COMMENT ON COLUMN core.decided_files.notice_id IS '通知代号';
COMMENT ON COLUMN core.decided_files.submission_id IS '报送件编号';
COMMENT ON COLUMN core.decided_files.state IS '由决定定的结论：ignored 不作报送、superseded 以另一次认领的为准；仍按内容定的为空';
COMMENT ON COLUMN core.decided_files.sentence IS '决定的理由；没有的为空';
