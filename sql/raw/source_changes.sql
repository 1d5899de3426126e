-- One row a thing that somebody changed in a questionnaire or form while it ran. No key: a change may be made twice.
CREATE TABLE IF NOT EXISTS raw.source_changes (
    notice_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    receipt_id VARCHAR,
    path VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    field VARCHAR,
    before VARCHAR NOT NULL,
    after VARCHAR NOT NULL,
    answers INTEGER NOT NULL,
    sentence VARCHAR NOT NULL
);
COMMENT ON TABLE raw.source_changes IS '收件途中表单、问卷的改动';
COMMENT ON COLUMN raw.source_changes.notice_id IS '通知代号';
COMMENT ON COLUMN raw.source_changes.source IS '来源';
COMMENT ON COLUMN raw.source_changes.receipt_id IS '最先显出改动的那份导出；直接问表单服务的为空';
COMMENT ON COLUMN raw.source_changes.path IS '那份导出的路径（相对收件箱）；表单服务的是来源的路径';
COMMENT ON COLUMN raw.source_changes.changed_at IS '最先看到改动的时间（通知所在时区）：那份导出收到时，或那次扫描';
COMMENT ON COLUMN raw.source_changes.kind IS '改了什么（代码）';
COMMENT ON COLUMN raw.source_changes.field IS '通知把这一题读作哪一列（代码）；通知不读的为空';
COMMENT ON COLUMN raw.source_changes.before IS '原来的题目或选项；新增的为空串，通知不读的题目不写选项';
COMMENT ON COLUMN raw.source_changes.after IS '现在的题目或选项；不见了的为空串，通知不读的题目不写选项';
COMMENT ON COLUMN raw.source_changes.answers IS '显出这一改动的已收答卷数；表单服务的为 0';
COMMENT ON COLUMN raw.source_changes.sentence IS '给数据人员的话：改了什么，怎样处理的';
