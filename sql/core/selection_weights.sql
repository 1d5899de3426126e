-- One row a score of a notice that selects, and how many points it gives. Key: notice_id, score.
CREATE TABLE IF NOT EXISTS core.selection_weights (
    notice_id VARCHAR NOT NULL,
    score VARCHAR NOT NULL,
    points DOUBLE NOT NULL
);
COMMENT ON TABLE core.selection_weights IS '遴选各项的分值';
COMMENT ON COLUMN core.selection_weights.notice_id IS '通知代号';
COMMENT ON COLUMN core.selection_weights.score IS '哪一项';
COMMENT ON COLUMN core.selection_weights.points IS '分值；人数和人次一项不到 1 分';
