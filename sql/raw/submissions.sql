-- One row a file, archive member or version of a form answer, as the read stage judged it. Key: submission_id.
-- Whether it is a duplicate, and its end, is told in core.submissions.
CREATE TABLE IF NOT EXISTS raw.submissions (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    receipt_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    row_order INTEGER NOT NULL,
    sha256 VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    outcome VARCHAR NOT NULL,
    recipient_code VARCHAR,
    deliverable VARCHAR,
    reason VARCHAR,
    sentence VARCHAR,
    format VARCHAR,
    document VARCHAR,
    document_title VARCHAR,
    answer_key VARCHAR
);
COMMENT ON TABLE raw.submissions IS '报送件初判：读取环节的结论';
COMMENT ON COLUMN raw.submissions.notice_id IS '通知代号';
COMMENT ON COLUMN raw.submissions.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.submissions.receipt_id IS '收件编号';
COMMENT ON COLUMN raw.submissions.path IS '路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN raw.submissions.row_order IS '同一路径内的次序（答卷在导出表中的行号）';
COMMENT ON COLUMN raw.submissions.sha256 IS '内容的 SHA-256';
COMMENT ON COLUMN raw.submissions.size IS '字节数';
COMMENT ON COLUMN raw.submissions.received_at IS '收到时间';
COMMENT ON COLUMN raw.submissions.outcome IS '读取结论：read 已读、ignored 忽略、attachment 附件、rejected 退回';
COMMENT ON COLUMN raw.submissions.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN raw.submissions.deliverable IS '报送事项';
COMMENT ON COLUMN raw.submissions.reason IS '整件退回的原因代码';
COMMENT ON COLUMN raw.submissions.sentence IS '整件退回的说明';
COMMENT ON COLUMN raw.submissions.format IS '按内容认出的格式';
COMMENT ON COLUMN raw.submissions.document IS '文档满足的报送事项';
COMMENT ON COLUMN raw.submissions.document_title IS '文档标题';
COMMENT ON COLUMN raw.submissions.answer_key IS '表单答卷的身份：来源、序号、提交时间';
