-- One row an item of a package for the ministry. Key: notice_id, recommendation_id, item_number.
-- Copied from the outbox of pushes whenever the snapshot is published.
CREATE TABLE IF NOT EXISTS raw.recommended (
    notice_id VARCHAR NOT NULL,
    recommendation_id VARCHAR NOT NULL,
    as_of TIMESTAMP NOT NULL,
    made_at TIMESTAMP NOT NULL,
    sent_to VARCHAR,
    queued_at TIMESTAMP,
    item_number INTEGER NOT NULL,
    item_id VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    files INTEGER NOT NULL,
    submission_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_number INTEGER NOT NULL
);
COMMENT ON TABLE raw.recommended IS '择优推荐：做过的推荐包里的每一件；发布时从推送箱复制';
COMMENT ON COLUMN raw.recommended.notice_id IS '通知代号';
COMMENT ON COLUMN raw.recommended.recommendation_id IS '推荐包编号：截至时刻';
COMMENT ON COLUMN raw.recommended.as_of IS '截至时刻';
COMMENT ON COLUMN raw.recommended.made_at IS '何时做的';
COMMENT ON COLUMN raw.recommended.sent_to IS '送到哪里：名单或连接；没有送的为空';
COMMENT ON COLUMN raw.recommended.queued_at IS '何时交去寄出或上传；没有送的为空';
COMMENT ON COLUMN raw.recommended.item_number IS '序号，同汇总表';
COMMENT ON COLUMN raw.recommended.item_id IS '有效行编号';
COMMENT ON COLUMN raw.recommended.folder IS '包里哪个文件夹';
COMMENT ON COLUMN raw.recommended.files IS '附了几个原件';
COMMENT ON COLUMN raw.recommended.submission_id IS '出自哪个报送件';
COMMENT ON COLUMN raw.recommended.path IS '出自哪个文件';
COMMENT ON COLUMN raw.recommended.sheet IS '工作表名，没有的为空';
COMMENT ON COLUMN raw.recommended.row_number IS '行号';
