-- One row a push: a feed, an item's package or its withdrawal to one destination, or a file of a recommendation, with its state.
-- Key: push_key. What was pushed since the snapshot was published is not in it yet.
-- 取值 purpose：feed、package、withdrawal、recommendation
-- 取值 state：queued、handing_over、sent、unsure、failed、withdrawn
-- 示例 各件素材现在在哪里、出自哪个文件的哪一行
--   SELECT item_id, destination, purpose, state, sent_at, path, sheet, row_number
--   FROM marts.feeds WHERE notice_id = $notice AND item_id IS NOT NULL
--   QUALIFY row_number() OVER (PARTITION BY item_id, destination ORDER BY queued_at DESC, push_key) = 1
-- 示例 没推成或收下与否不明的
--   SELECT destination, name, state, error FROM marts.feeds WHERE notice_id = $notice AND state IN ('failed', 'unsure')
CREATE OR REPLACE VIEW marts.feeds AS
SELECT
    pushes.notice_id,
    pushes.push_key,
    pushes.destination,
    pushes.purpose,
    CASE WHEN pushes.purpose IN ('package', 'withdrawal') THEN pushes.subject END AS item_id,
    pushes.name,
    pushes.size,
    pushes.state,
    pushes.queued_at,
    pushes.not_before,
    pushes.sent_at,
    pushes.changed_at,
    pushes.attempts,
    pushes.error,
    pushes.submission_id,
    pushes.path,
    pushes.sheet,
    pushes.row_number
FROM raw.pushes AS pushes;
COMMENT ON VIEW marts.feeds IS '供稿：推给新闻网站和媒体的每一件素材包、撤下和供稿列表，上传的推荐包，及其结果';
COMMENT ON COLUMN marts.feeds.notice_id IS '通知代号';
COMMENT ON COLUMN marts.feeds.push_key IS '推送编号，即 Idempotency-Key';
COMMENT ON COLUMN marts.feeds.destination IS '推到哪里：feeds.destinations 里的名字，推荐包为 recommendation';
COMMENT ON COLUMN marts.feeds.purpose IS '用途：feed 供稿列表、package 素材包、withdrawal 撤下、recommendation 推荐包';
COMMENT ON COLUMN marts.feeds.item_id IS '有效行编号；供稿列表、推荐包的为空';
COMMENT ON COLUMN marts.feeds.name IS '在那里叫什么';
COMMENT ON COLUMN marts.feeds.size IS '多少字节';
COMMENT ON COLUMN marts.feeds.state IS '状态：queued 待推、handing_over 正在交出、sent 已推、unsure 收下与否不明、failed 没推成、withdrawn 未推已撤';
COMMENT ON COLUMN marts.feeds.queued_at IS '进入推送箱的时间（通知所在时区，下同）';
COMMENT ON COLUMN marts.feeds.not_before IS '最早何时推；重试时为下一次的时间';
COMMENT ON COLUMN marts.feeds.sent_at IS '对方收下的时间；没有的为空';
COMMENT ON COLUMN marts.feeds.changed_at IS '状态最近一次变化的时间';
COMMENT ON COLUMN marts.feeds.attempts IS '试过几次';
COMMENT ON COLUMN marts.feeds.error IS '没推成或要再试的原因；没有的为空';
COMMENT ON COLUMN marts.feeds.submission_id IS '出自哪个报送件；供稿列表、推荐包的为空';
COMMENT ON COLUMN marts.feeds.path IS '出自哪个文件；供稿列表、推荐包的为空';
COMMENT ON COLUMN marts.feeds.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.feeds.row_number IS '行号；供稿列表、推荐包的为空';
