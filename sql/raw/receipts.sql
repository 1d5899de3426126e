-- One row a receipt: one arrival of one file. Key: notice_id, receipt_id.
-- The ledger of what was loaded; the archive holds the bytes (contract section 3).
CREATE TABLE IF NOT EXISTS raw.receipts (
    notice_id VARCHAR NOT NULL,
    receipt_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    modified_at TIMESTAMP NOT NULL,
    sha256 VARCHAR NOT NULL,
    received_at TIMESTAMP NOT NULL,
    scanned_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE raw.receipts IS '收件登记：每一次收到的每一个文件';
COMMENT ON COLUMN raw.receipts.notice_id IS '通知代号';
COMMENT ON COLUMN raw.receipts.receipt_id IS '收件编号';
COMMENT ON COLUMN raw.receipts.source IS '来源';
COMMENT ON COLUMN raw.receipts.path IS '相对收件箱的路径';
COMMENT ON COLUMN raw.receipts.size IS '字节数';
COMMENT ON COLUMN raw.receipts.modified_at IS '文件修改时间（通知所在时区）';
COMMENT ON COLUMN raw.receipts.sha256 IS '内容的 SHA-256';
COMMENT ON COLUMN raw.receipts.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN raw.receipts.scanned_at IS '哪一次扫描收到的';
