-- One row a list that nominates for an award or a vote. Key: notice_id, deliverable.
-- 取值 quota_each：unit、city
CREATE TABLE IF NOT EXISTS core.nomination_rules (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    quota_each VARCHAR,
    quota INTEGER,
    vote_url VARCHAR,
    vote_until TIMESTAMP
);
COMMENT ON TABLE core.nomination_rules IS '哪些清单是评选、投票的推荐名单，各有多少名额';
COMMENT ON COLUMN core.nomination_rules.notice_id IS '通知代号';
COMMENT ON COLUMN core.nomination_rules.deliverable IS '事项代码';
COMMENT ON COLUMN core.nomination_rules.quota_each IS '名额给谁：unit 每个单位、city 每个市；不限名额的为空';
COMMENT ON COLUMN core.nomination_rules.quota IS '每期至多几个；不限的为空';
COMMENT ON COLUMN core.nomination_rules.vote_url IS '投票或评选网页；没有的为空';
COMMENT ON COLUMN core.nomination_rules.vote_until IS '投票到何时为止；没有写的为空';
