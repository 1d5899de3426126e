-- One row a nomination that counts now. Key: item_id. Defined in nominations_as_of.
-- 取值 quota_each：unit、city
-- 示例 各市推荐了谁，有没有超过名额
--   SELECT city, recipient, deliverable_name, nominee, place, quota, is_over_quota
--   FROM marts.nominations WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.nominations AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.deliverable_name,
    latest.period,
    latest.due_at,
    latest.nominee,
    latest.quota_each,
    latest.quota,
    latest.place,
    latest.is_over_quota,
    latest.is_approved,
    latest.is_public,
    latest.vote_url,
    latest.vote_until,
    latest.submission_id,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.nominations_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.nominations IS '评选和投票的推荐：谁推荐了谁，截止何时，是否超过名额';
COMMENT ON COLUMN marts.nominations.notice_id IS '通知代号';
COMMENT ON COLUMN marts.nominations.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.nominations.item_id IS '有效行编号';
COMMENT ON COLUMN marts.nominations.recipient_code IS '推荐的单位：代码';
COMMENT ON COLUMN marts.nominations.recipient IS '推荐的单位：名称';
COMMENT ON COLUMN marts.nominations.city_code IS '所在市代码';
COMMENT ON COLUMN marts.nominations.city IS '所在市；没有的为空';
COMMENT ON COLUMN marts.nominations.deliverable IS '事项代码';
COMMENT ON COLUMN marts.nominations.deliverable_name IS '评选、投票的名称';
COMMENT ON COLUMN marts.nominations.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.nominations.due_at IS '推荐到何时为止；遇事才报的为空';
COMMENT ON COLUMN marts.nominations.nominee IS '推荐的是谁：通知指定的各列的值，以“ / ”相隔；没有的为空';
COMMENT ON COLUMN marts.nominations.quota_each IS '名额给谁：unit 每个单位、city 每个市；不限名额的为空';
COMMENT ON COLUMN marts.nominations.quota IS '每期至多几个；不限的为空';
COMMENT ON COLUMN marts.nominations.place IS '占本单位（或本市）这一期的第几个名额';
COMMENT ON COLUMN marts.nominations.is_over_quota IS '是否超过名额；不限名额的为否';
COMMENT ON COLUMN marts.nominations.is_approved IS '是否经人审定（入选）';
COMMENT ON COLUMN marts.nominations.is_public IS '审定的是否标为可公开';
COMMENT ON COLUMN marts.nominations.vote_url IS '投票或评选网页；没有的为空';
COMMENT ON COLUMN marts.nominations.vote_until IS '投票到何时为止；没有写的为空';
COMMENT ON COLUMN marts.nominations.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.nominations.path IS '出自哪个文件';
COMMENT ON COLUMN marts.nominations.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.nominations.row_number IS '行号';
COMMENT ON COLUMN marts.nominations.received_at IS '收到时间（通知所在时区）';
