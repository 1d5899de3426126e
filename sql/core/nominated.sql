-- One row a span of time in which a nomination counted, with the rule of its list. Key: item_id, current_from.
-- quota_scope: whose places it takes, a unit's or a city's.
CREATE OR REPLACE VIEW core.nominated AS
SELECT
    items.notice_id,
    items.item_id,
    items.submission_id,
    items.recipient_code,
    items.city_code,
    items.deliverable,
    items.period,
    items.identity,
    submissions.path,
    items.sheet,
    items.table_number,
    items.row_number,
    items.received_at,
    items.current_from,
    items.current_until,
    rules.quota_each,
    rules.quota,
    CASE rules.quota_each WHEN 'city' THEN items.city_code ELSE items.recipient_code END AS quota_scope,
    rules.vote_url,
    rules.vote_until
FROM core.items
INNER JOIN core.nomination_rules AS rules
    ON items.notice_id = rules.notice_id AND items.deliverable = rules.deliverable
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
WHERE NOT items.is_zero_report;
COMMENT ON VIEW core.nominated IS '推荐名单的每一条及其有效时段，和它的名额';
COMMENT ON COLUMN core.nominated.notice_id IS '通知代号';
COMMENT ON COLUMN core.nominated.item_id IS '有效行编号';
COMMENT ON COLUMN core.nominated.submission_id IS '报送件编号';
COMMENT ON COLUMN core.nominated.recipient_code IS '单位代码';
COMMENT ON COLUMN core.nominated.city_code IS '所在市代码';
COMMENT ON COLUMN core.nominated.deliverable IS '事项代码';
COMMENT ON COLUMN core.nominated.period IS '期；不属任何一期的为空';
COMMENT ON COLUMN core.nominated.identity IS '推荐的是谁：通知指定的各列的值；没有的为空';
COMMENT ON COLUMN core.nominated.path IS '出自哪个文件';
COMMENT ON COLUMN core.nominated.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN core.nominated.table_number IS '第几张表';
COMMENT ON COLUMN core.nominated.row_number IS '行号';
COMMENT ON COLUMN core.nominated.received_at IS '收到时间';
COMMENT ON COLUMN core.nominated.current_from IS '从何时起有效';
COMMENT ON COLUMN core.nominated.current_until IS '到何时被更正（不含）；一直有效的为 9999 年';
COMMENT ON COLUMN core.nominated.quota_each IS '名额给谁：unit 每个单位、city 每个市；不限名额的为空';
COMMENT ON COLUMN core.nominated.quota IS '每期至多几个；不限的为空';
COMMENT ON COLUMN core.nominated.quota_scope IS '占哪个单位或哪个市的名额';
COMMENT ON COLUMN core.nominated.vote_url IS '投票或评选网页；没有的为空';
COMMENT ON COLUMN core.nominated.vote_until IS '投票到何时为止；没有写的为空';
