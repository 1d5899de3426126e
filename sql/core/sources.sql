-- One row a source of a notice. Key: notice_id, source.
CREATE TABLE IF NOT EXISTS core.sources (
    notice_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    source_path VARCHAR NOT NULL,
    line VARCHAR NOT NULL,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.sources IS '来源';
COMMENT ON COLUMN core.sources.notice_id IS '通知代号';
COMMENT ON COLUMN core.sources.source IS '来源';
COMMENT ON COLUMN core.sources.source_path IS '来源的路径，各清单里文件路径的开头';
COMMENT ON COLUMN core.sources.line IS '条线';
COMMENT ON COLUMN core.sources.position IS '在通知里的次序';
