-- One row an allowed word of a column with a list. Key: notice_id, deliverable, column_name, code.
CREATE TABLE IF NOT EXISTS core.list_words (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    word VARCHAR NOT NULL,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.list_words IS '各列的规定选项';
COMMENT ON COLUMN core.list_words.notice_id IS '通知代号';
COMMENT ON COLUMN core.list_words.deliverable IS '事项代码';
COMMENT ON COLUMN core.list_words.column_name IS '列';
COMMENT ON COLUMN core.list_words.code IS '选项代码';
COMMENT ON COLUMN core.list_words.word IS '选项';
COMMENT ON COLUMN core.list_words.position IS '次序';
