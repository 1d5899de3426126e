-- One row a push that the program meant to make, with its state. Key: push_key.
-- Copied from the outbox of pushes whenever the snapshot is published: what was pushed since is not in it yet.
CREATE TABLE IF NOT EXISTS raw.pushes (
    notice_id VARCHAR NOT NULL,
    push_key VARCHAR NOT NULL,
    destination VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    queued_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    changed_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR,
    submission_id VARCHAR,
    path VARCHAR,
    sheet VARCHAR,
    row_number INTEGER
);
COMMENT ON TABLE raw.pushes IS '推送：程序要推的每一件及其结果；发布时从推送箱复制，不含对方的答复';
COMMENT ON COLUMN raw.pushes.notice_id IS '通知代号';
COMMENT ON COLUMN raw.pushes.push_key IS '推送编号，即 Idempotency-Key';
COMMENT ON COLUMN raw.pushes.destination IS '推到哪里：feeds.destinations 里的名字，推荐包为 recommendation';
COMMENT ON COLUMN raw.pushes.purpose IS '用途：feed 供稿列表、package 素材包、withdrawal 撤下、recommendation 推荐包';
COMMENT ON COLUMN raw.pushes.subject IS '是什么：有效行编号、列表的文件名或推荐包的文件';
COMMENT ON COLUMN raw.pushes.name IS '在那里叫什么';
COMMENT ON COLUMN raw.pushes.size IS '多少字节';
COMMENT ON COLUMN raw.pushes.state IS '状态';
COMMENT ON COLUMN raw.pushes.queued_at IS '进入推送箱的时间（通知所在时区，下同）';
COMMENT ON COLUMN raw.pushes.not_before IS '最早何时推；重试时为下一次的时间';
COMMENT ON COLUMN raw.pushes.sent_at IS '对方收下的时间；没有的为空';
COMMENT ON COLUMN raw.pushes.changed_at IS '状态最近一次变化的时间';
COMMENT ON COLUMN raw.pushes.attempts IS '试过几次';
COMMENT ON COLUMN raw.pushes.error IS '没推成或要再试的原因；没有的为空';
COMMENT ON COLUMN raw.pushes.submission_id IS '出自哪个报送件；列表和推荐包为空';
COMMENT ON COLUMN raw.pushes.path IS '出自哪个文件；列表和推荐包为空';
COMMENT ON COLUMN raw.pushes.sheet IS '工作表名；列表和推荐包为空';
COMMENT ON COLUMN raw.pushes.row_number IS '行号；列表和推荐包为空';
